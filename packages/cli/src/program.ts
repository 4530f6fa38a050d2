import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { addAccountCommands } from './commands/accounts.ts';
import { addAllowlistCommands } from './commands/allowlist.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addInternalKeyCommands } from './commands/internal-keys.ts';
import { addKeyCommands } from './commands/keys.ts';
import { addSealingKeyCommands } from './commands/sealing-key.ts';
import { addServeCommand } from './commands/serve.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import type { Io } from './io.ts';

/** Runs the command that the arguments name and answers with the exit status. Results go to standard output, all else to standard error. */
export async function runProgram(argv: readonly string[], io: Io): Promise<ExitCode> {
  let exitCode: ExitCode = EXIT.done;
  const program = createProgram(io, (code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(argv);
    return exitCode;
  } catch (fault) {
    if (!(fault instanceof CommanderError)) throw fault;
    // Commander has said what is wrong already; asking for help or the version is no mistake.
    return fault.exitCode === 0 ? EXIT.done : EXIT.wrongUse;
  }
}

function createProgram(io: Io, end: (code: ExitCode) => void): Command {
  const program = new Command('claviger');
  program
    .description('The API-key system you run yourself')
    .version(version())
    .showHelpAfterError('(claviger --help lists the commands)')
    .exitOverride();
  addServeCommand(program, end);
  addAuditCommand(program, io, end);
  addAccountCommands(program, io, end);
  addInternalKeyCommands(program, io, end);
  addAllowlistCommands(program, io, end);
  addKeyCommands(program, io, end);
  addSealingKeyCommands(program, io, end);
  return program;
}

function version(): string {
  const text = readFileSync(join(import.meta.dirname, '../package.json'), 'utf8');
  const { version: written } = JSON.parse(text) as { readonly version: string };
  return written;
}
