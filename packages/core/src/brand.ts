declare const brand: unique symbol;

/** A `Base` that only a parser of its own may produce: two ids of different things never mix. */
export type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };
