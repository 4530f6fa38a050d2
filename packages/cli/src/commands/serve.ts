import { start } from '@claviger/server';
import type { Command } from 'commander';
import type { ExitCode } from '../exit-codes.ts';

type Options = { readonly roles?: string; readonly dataDir?: string };

/** `claviger serve`: runs the server until it is told to stop. */
export function addServeCommand(program: Command, end: (code: ExitCode) => void): void {
  program
    .command('serve')
    .description('run the server; settings come from the environment (CLAVIGER_…, DATABASE_URL)')
    .option('--roles <roles>', 'planes to run: control, data, or control,data')
    .option('--data-dir <folder>', 'where the database and the keys of the installation live (default: ./data)')
    .action(async (options: Options) => {
      end(await start(options));
    });
}
