/** What the program ends with; scripts branch on these, so they never change. */
export const EXIT = {
  done: 0,
  /** Something broke, or a check found something. */
  fault: 1,
  /** The call's words or the settings are wrong. */
  wrongUse: 2,
  /** What was named is not there. */
  notFound: 3,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
