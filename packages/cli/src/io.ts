/** Where a command speaks and listens: results go to standard output, everything else to standard error. */
export type Io = {
  print(line: string): void;
  tell(line: string): void;
  /** Standard input. */
  readonly input: NodeJS.ReadableStream;
  /** The environment, for secrets that must not be arguments. */
  readonly environment: Readonly<Record<string, string | undefined>>;
};
