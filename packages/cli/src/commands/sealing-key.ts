import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { askAndPrint, type OperatorOptions, withOperatorOptions } from './operator.ts';

/** `claviger sealing-key …`: a new key for what is sealed in the database, without any key of a user ending (K7). */
export function addSealingKeyCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const key = program.command('sealing-key').description('replace the key that seals what the database holds');
  withOperatorOptions(key.command('replace'))
    .description('make a new sealing key and seal everything with it anew; no key of a user changes')
    .action(async (options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'replace_sealing_key' }, options));
    });
  withOperatorOptions(key.command('status'))
    .description('tell which sealing keys there are, and how much is still sealed with each')
    .action(async (options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'sealing_key_status' }, options));
    });
  withOperatorOptions(key.command('forget'))
    .description('take former sealing keys out of the data folder once nothing is sealed with them')
    .action(async (options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'forget_sealing_keys' }, options));
    });
}
