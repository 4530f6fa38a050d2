/** Where a command speaks: results go to standard output, everything else to standard error. */
export type Io = { print(line: string): void; tell(line: string): void };
