import type { KeyObject } from '@claviger/contract';
import { endingOf } from '../calling/endings.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import type { BadLine, ReadKey } from './read-lines.ts';
import type { Sent, Stopped } from './send-batches.ts';

/** How results are printed: for people, for programs, or the ids alone for scripts. */
export type OutputFormat = 'table' | 'json' | 'id';

/** So many bad lines are told one by one; a file of something else has thousands. */
const BAD_LINES_TOLD = 100;
const CONTROL_CHARACTERS = /\p{Cc}/gu;

/** Names the bad lines, by number alone. */
export function tellBadLines(io: Io, bad: readonly BadLine[]): void {
  for (const { line, why } of bad.slice(0, BAD_LINES_TOLD)) io.tell(`line ${line} ${why}`);
  const more = bad.length - BAD_LINES_TOLD;
  if (more > 0) io.tell(`and ${more} more lines`);
  io.tell('nothing was sent: mend these lines, or take them out');
}

/** Prints the keys that are in; nothing when none is. */
export function printKeys(io: Io, keys: readonly KeyObject[], format: OutputFormat): void {
  if (keys.length === 0) return;
  if (format === 'json') io.print(JSON.stringify(keys));
  else if (format === 'id') for (const { id } of keys) io.print(id);
  else for (const line of table(keys)) io.print(line);
}

/** Says how far an import came, and what the program ends with. */
export function tellEnding(io: Io, keys: readonly ReadKey[], { imported, stopped }: Sent): ExitCode {
  if (stopped === null) {
    io.tell(`${imported.length} keys imported`);
    return EXIT.done;
  }
  tellStop(io, stopped);
  const [first, last] = [keys[0], keys[imported.length - 1]];
  if (first === undefined || last === undefined) {
    if (stopped.by === 'refusal') io.tell('nothing was imported');
    return stopped.by === 'refusal' ? endingOf(stopped.status) : EXIT.unreachable;
  }
  io.tell(`lines ${first.line} to ${last.line} were imported (${imported.length} keys); none after them`);
  return EXIT.partlyDone;
}

function tellStop(io: Io, stopped: Stopped): void {
  const { batch } = stopped;
  if (stopped.by === 'silence') {
    const lines = `lines ${batch[0]?.line} to ${batch.at(-1)?.line}`;
    io.tell(`no answer of a Claviger server: ${lines} may be imported or not; running the same import again is safe`);
    return;
  }
  const { problem } = stopped;
  io.tell(shown(problem.detail));
  for (const { pointer, code, detail } of mistakesOf(problem)) {
    const [, index, rest = ''] = /^\/keys\/(\d+)(.*)$/.exec(pointer) ?? [];
    const line = index === undefined ? undefined : batch[Number(index)]?.line;
    io.tell(`${line === undefined ? pointer : `line ${line}${rest}`}: ${shown(detail)} (${code})`);
  }
}

type Mistake = { readonly pointer: string; readonly code: string; readonly detail: string };

/** The mistakes that a problem lists, if it lists any. */
function mistakesOf(problem: object): readonly Mistake[] {
  return 'errors' in problem && Array.isArray(problem.errors) ? (problem.errors as readonly Mistake[]) : [];
}

function table(keys: readonly KeyObject[]): readonly string[] {
  const rows = keys.map(({ id, kind, hint, expires_at: ends, name }) => [id, kind, hint, ends ?? 'never', name]);
  const all = [['ID', 'KIND', 'HINT', 'EXPIRES', 'NAME'], ...rows];
  const widths = all[0]?.map((_, column) => Math.max(...all.map((row) => row[column]?.length ?? 0))) ?? [];
  return all.map((row) =>
    row
      .map((cell, column) => shown(cell).padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** What came from elsewhere must not steer the terminal. */
function shown(text: string): string {
  return text.replaceAll(CONTROL_CHARACTERS, ' ');
}
