import { type Command, Option } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { askAndPrint, type OperatorOptions, withOperatorOptions } from './operator.ts';

type CreateOptions = OperatorOptions & {
  readonly purpose: 'verify' | 'feed';
  readonly account: readonly string[];
};

/** `claviger internal-keys …`: the keys with which back ends, proxies and verifiers ask (K11). */
export function addInternalKeyCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const keys = program.command('internal-keys').description('manage the keys that the system itself uses');
  withOperatorOptions(keys.command('list'))
    .description('list internal keys, ended ones too; never their texts')
    .action(async (options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'list_internal_keys' }, options));
    });
  withOperatorOptions(keys.command('create'))
    .description('make an internal key that answers for the named accounts; its text is printed this once')
    .addOption(new Option('--purpose <purpose>', 'what it is for').choices(['verify', 'feed']).makeOptionMandatory())
    .requiredOption('--account <id...>', 'the accounts it answers for')
    .action(async ({ purpose, account, ...options }: CreateOptions) => {
      end(await askAndPrint(io, { act: 'create_internal_key', purpose, account_ids: [...account] }, options));
    });
  withOperatorOptions(keys.command('bind'))
    .description('let an internal key answer for one more account')
    .argument('<id>', 'the id of the internal key')
    .requiredOption('--account <id>', 'the account')
    .action(async (id: string, { account, ...options }: OperatorOptions & { readonly account: string }) => {
      end(await askAndPrint(io, { act: 'bind_internal_key', id, account_id: account }, options));
    });
  withOperatorOptions(keys.command('end'))
    .description('end an internal key for good, at once')
    .argument('<id>', 'the id of the internal key')
    .action(async (id: string, options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'end_internal_key', id }, options));
    });
}
