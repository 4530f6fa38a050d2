/** The number of a change: `<epoch>.<n>`. Within an epoch every change has the next `n`, without gaps (D2). */
export type Version = { readonly epoch: number; readonly n: number };

/** Writes a version as the wire does: `1.412`. */
export function formatVersion(version: Version): string {
  return `${version.epoch}.${version.n}`;
}

/** Reads `<epoch>.<n>`, or null. */
export function parseVersion(text: string): Version | null {
  const match = /^([1-9]\d{0,8})\.(0|[1-9]\d{0,14})$/.exec(text);
  return match === null ? null : { epoch: Number(match[1]), n: Number(match[2]) };
}
