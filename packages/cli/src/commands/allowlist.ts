import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { askAndPrint, type OperatorOptions, withOperatorOptions } from './operator.ts';

/** `claviger allowlist …`: the operator's way in for an Owner whom a list of their own making keeps out (I5). */
export function addAllowlistCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const allowlist = program.command('allowlist').description('help an Owner whom an IP allowlist keeps out');
  withOperatorOptions(allowlist.command('lift'))
    .description(
      'let the IP allowlists of an account and of its Owner refuse nobody: they are kept, and only monitor from now on',
    )
    .argument('<account>', 'the id of the account')
    .action(async (account_id: string, options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'lift_ip_allowlist', account_id }, options));
    });
}
