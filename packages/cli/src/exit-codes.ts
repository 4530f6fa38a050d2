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
  /** A limit is used up for now: try again later. */
  limited: 6,
  /** The server cannot be reached. */
  unreachable: 7,
  /** A part was done before the rest was refused; which is said. */
  partlyDone: 8,
  /** The key with which the program calls, or that it looks at, is not valid. */
  keyNotValid: 10,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];
