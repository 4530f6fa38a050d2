/** Which users have signed in from which addresses, as names; the oldest are forgotten. */
export type KnownPlaces = { has(name: string): boolean; add(name: string): void };

/** Names. Kept at once; only good sign-ins add any, so strangers cannot push them out. */
const PLACES_MOST = 100_000;

/** Makes an empty memory. */
export function createKnownPlaces(): KnownPlaces {
  const places = new Set<string>();
  return {
    has: (name) => places.has(name),
    add: (name) => {
      const [oldest] = places;
      if (places.size >= PLACES_MOST && oldest !== undefined) places.delete(oldest);
      places.add(name);
    },
  };
}
