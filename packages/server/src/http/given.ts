/** A field of an object when there is a value for it, nothing otherwise: absent and `undefined` are two things inside. */
export function given<Name extends string, T>(name: Name, value: T | null | undefined): { readonly [Key in Name]?: T } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { readonly [Key in Name]: T });
}
