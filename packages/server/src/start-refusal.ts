/** Why the server does not start: one line that says what is wrong and what to do, and the exit status. */
export type StartRefusal = {
  readonly line: string;
  /** 1 when something broke or is in the way, 2 when what was set is wrong. */
  readonly exitCode: 1 | 2;
};

/** A start that something outside the settings stands in the way of. */
export function inTheWay(line: string): StartRefusal {
  return { line, exitCode: 1 };
}

/** A start with settings that cannot work. */
export function wrongSetting(line: string): StartRefusal {
  return { line, exitCode: 2 };
}
