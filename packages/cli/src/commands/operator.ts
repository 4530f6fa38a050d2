import { operate } from '@claviger/server';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

type Asked = Parameters<typeof operate.ask>[1];
type Answer = Awaited<ReturnType<typeof operate.ask>>;
type Records = Extract<Answer, { readonly ok: true }>['records'];

/** What every command of the operator's takes. */
export type OperatorOptions = { readonly dataDir?: string; readonly json?: boolean };

const ENDINGS: Readonly<Record<Extract<Answer, { readonly ok: false }>['ending'], ExitCode>> = {
  fault: EXIT.fault,
  wrong_use: EXIT.wrongUse,
  not_found: EXIT.notFound,
  not_allowed: EXIT.notAllowed,
  conflict: EXIT.conflict,
  unreachable: EXIT.unreachable,
};

/** Adds the options that every command of the operator's takes. */
export function withOperatorOptions(command: Command): Command {
  return command
    .option('--data-dir <folder>', 'the data folder of the installation (default: CLAVIGER_DATA_DIR, or ./data)')
    .option('--json', 'print the result as JSON');
}

/** Asks the running server of a data folder, or works on a stopped one's data, and prints what came of it. */
export async function askAndPrint(io: Io, asked: Asked, { dataDir, json }: OperatorOptions): Promise<ExitCode> {
  const answer = await operate.ask(dataDir === undefined ? {} : { dataDir }, asked);
  if (!answer.ok) {
    io.tell(answer.line);
    return ENDINGS[answer.ending];
  }
  if (json === true) io.print(JSON.stringify(answer.records));
  else printRecords(io, answer.records);
  return EXIT.done;
}

/** A line for each name with its value, and an empty line between records. */
function printRecords(io: Io, records: Records): void {
  const names = records.flatMap((record) => Object.keys(record));
  const width = Math.max(0, ...names.map((name) => name.length));
  for (const [index, record] of records.entries()) {
    if (index > 0) io.print('');
    for (const [name, value] of Object.entries(record)) io.print(`${name.padEnd(width)}  ${value ?? '-'}`);
  }
}
