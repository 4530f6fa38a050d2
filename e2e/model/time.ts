/** Milliseconds of so many days of 86,400 s. */
export function dayMs(days: number): number {
  return days * 86_400_000;
}

/** An instant as the wire writes it. */
export function wireTime(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}
