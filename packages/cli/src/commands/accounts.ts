import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';
import { askAndPrint, type OperatorOptions, withOperatorOptions } from './operator.ts';

type CreateOptions = OperatorOptions & {
  readonly name: string;
  readonly ownerEmail: string;
  readonly ownerName: string;
};

/** `claviger accounts …` and `claviger owner-link`: the accounts of an installation, and how their Owners get in (T1). */
export function addAccountCommands(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const accounts = program.command('accounts').description('make and list the accounts of the installation');
  withOperatorOptions(accounts.command('create'))
    .description(
      'make an account with its Owner, and print the link with which the Owner signs in first, within 24 hours',
    )
    .requiredOption('--name <name>', 'the name of the organisation')
    .requiredOption('--owner-email <address>', 'the e-mail address of its Owner')
    .requiredOption('--owner-name <name>', 'the name of its Owner')
    .action(async ({ name, ownerEmail, ownerName, ...options }: CreateOptions) => {
      const asked = { act: 'create_account', name, owner_email: ownerEmail, owner_name: ownerName } as const;
      end(await askAndPrint(io, asked, options));
    });
  withOperatorOptions(accounts.command('list'))
    .description('list all accounts with their Owners')
    .action(async (options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'list_accounts' }, options));
    });
  withOperatorOptions(program.command('owner-link'))
    .description('end the sessions of an Owner who cannot get in, and print a new sign-in link')
    .argument('<account>', 'the id of the account, or the e-mail address of its Owner')
    .action(async (of: string, options: OperatorOptions) => {
      end(await askAndPrint(io, { act: 'create_owner_link', of }, options));
    });
}
