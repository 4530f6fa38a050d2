/** What the program ends with; scripts branch on these, so they never change. */
export const EXIT = {
  done: 0,
  /** Something broke, or a check found something. */
  fault: 1,
  /** The call's words or the settings are wrong. */
  wrongUse: 2,
  /** What was named is not there. */
  notFound: 3,
  /** It is there, and not for whoever asks. */
  notAllowed: 4,
  /** What is stored stands against it. */
  conflict: 5,
  /** The server cannot be reached. */
  unreachable: 7,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
