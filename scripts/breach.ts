/** One place where a rule of this repository is broken. */
export type Breach = {
  readonly rule: string;
  /** The file, relative to the repository, or null when the repository as a whole is meant. */
  readonly path: string | null;
  /** The line, counted from 1, or null when the file as a whole is meant. */
  readonly line: number | null;
  /** What is wrong and what to do about it. */
  readonly message: string;
};

/** Writes a breach the way editors and terminals turn into a link: `path:line  rule  message`. */
export function formatBreach(breach: Breach): string {
  const line = breach.line === null ? '' : `:${breach.line}`;
  return `${breach.path ?? '.'}${line}  ${breach.rule}  ${breach.message}`;
}

/** Prints what a check found and sets the exit code; a caller that forgets to call it has a check that cannot fail. */
export function reportBreaches(check: string, breaches: readonly Breach[]): void {
  for (const breach of breaches) console.error(formatBreach(breach));
  if (breaches.length > 0) {
    console.error(`${check}: ${breaches.length} found`);
    process.exitCode = 1;
    return;
  }
  console.log(`${check}: nothing found`);
}
