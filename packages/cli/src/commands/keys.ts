import { type Lifespan, parseLifespan, parseUserId } from '@claviger/core';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { type ApiOptions, connect, withApiOptions } from '../calling/api-options.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { readKeyLines } from '../importing/read-lines.ts';
import { batchesOf, type Common, sendBatches } from '../importing/send-batches.ts';
import { type OutputFormat, printKeys, tellBadLines, tellEnding } from '../importing/tell.ts';
import type { Io } from '../io.ts';

type ImportOptions = ApiOptions & {
  readonly kind: Common['kind'];
  readonly name: string;
  readonly owner?: string;
  readonly lifespanDays?: Common['lifespan_days'];
  readonly output: OutputFormat;
  readonly dryRun?: boolean;
};

/** `claviger keys …`: keys of the account, over the API. */
export function addKeyCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const keys = program.command('keys').description('manage the keys of an account, by a key of an administrator');
  withApiOptions(keys.command('import'))
    .description(
      'take over keys of another system: their texts come on standard input, one in each line, and only digests are sent',
    )
    .addOption(new Option('--kind <kind>', 'what they may do').choices(['master', 'write_only']).makeOptionMandatory())
    .option('--name <pattern>', 'what to call them; {n} stands for the number of the line', 'Imported {n}')
    .option('--owner <id>', 'the user they shall belong to (default: whoever imports)', ownerId)
    .option('--lifespan-days <days>', 'days until they expire, or never (default: the policy in force)', lifespanDays)
    .addOption(new Option('-o, --output <format>', 'how to print').choices(['table', 'json', 'id']).default('table'))
    .option('--dry-run', 'check and count the lines; send nothing')
    .action(async (options: ImportOptions) => {
      end(await importFromInput(io, options));
    });
}

async function importFromInput(io: Io, options: ImportOptions): Promise<ExitCode> {
  const client = connect(io, options);
  if (!client.ok && options.dryRun !== true) {
    io.tell(client.refusal);
    return EXIT.wrongUse;
  }
  const { keys, bad } = await readKeyLines(io.input);
  if (bad.length > 0) {
    tellBadLines(io, bad);
    return EXIT.wrongUse;
  }
  if (keys.length === 0) {
    io.tell('no key came in: write the texts to standard input, one in each line');
    return EXIT.wrongUse;
  }
  if (options.dryRun === true || !client.ok) return printCount(io, options.output, keys);
  const sent = await sendBatches(client.value, keys, commonOf(options));
  printKeys(io, sent.imported, options.output);
  return tellEnding(io, keys, sent);
}

function printCount(io: Io, format: OutputFormat, keys: Parameters<typeof batchesOf>[0]): ExitCode {
  const counts = { keys: keys.length, batches: batchesOf(keys).length };
  if (format === 'json') io.print(JSON.stringify(counts));
  if (format === 'table') io.print(`${counts.keys} keys in ${counts.batches} batches; nothing was sent`);
  return EXIT.done;
}

function commonOf({ kind, name, owner, lifespanDays: days }: ImportOptions): Common {
  return {
    kind,
    name,
    ...(owner === undefined ? {} : { owner_id: owner }),
    ...(days === undefined ? {} : { lifespan_days: days }),
  };
}

function ownerId(text: string): string {
  const id = parseUserId(text);
  if (id === null) throw new InvalidArgumentError('It must be the id of a user (usr_…).');
  return id;
}

function lifespanDays(text: string): number | null {
  const parsed: { readonly lifespan: Lifespan } | null =
    text === 'never' ? parseLifespan(null) : /^\d{1,4}$/.test(text) ? parseLifespan(Number(text)) : null;
  if (parsed === null) throw new InvalidArgumentError('It must be a whole number of days from 1 to 365, or never.');
  return text === 'never' ? null : Number(text);
}
