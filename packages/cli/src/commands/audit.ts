import { operate } from '@claviger/server';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

type AuditVerdict = ReturnType<typeof operate.verifyAudit>;
type Finding = Extract<AuditVerdict, { kind: 'looked' }>['findings'][number];

const DEFAULT_FOLDER = './data';

/** What each finding means, for whoever has to act on it. */
const MEANINGS: Readonly<Record<Finding['kind'], string>> = {
  changed: 'was changed after it was written',
  missing: 'is missing',
  unlinked: 'does not follow the event before it: one of the two was put there by somebody else',
  'out-of-order': 'stands at the wrong place',
  'head-not-signed': 'is the head, and its signature is not of this installation',
  'head-differs': 'is where the log and its signed head part: events were cut off or added',
};

/** `claviger audit verify`: checks the chain of a data folder offline (A4). */
export function addAuditCommand(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const audit = program.command('audit').description('look at the audit log');
  audit
    .command('verify')
    .description('check offline that no event was changed, added, deleted or cut off; ends with 1 when one was')
    .argument('[folder]', 'data folder', DEFAULT_FOLDER)
    .action((folder: string) => {
      end(report(io, operate.verifyAudit(folder), folder));
    });
}

function report(io: Io, verdict: AuditVerdict, folder: string): ExitCode {
  if (verdict.kind === 'not-there') {
    io.tell(`${verdict.path} is not there: name the data folder of an installation on SQLite`);
    return EXIT.notFound;
  }
  for (const { version, kind } of verdict.findings) io.print(`version ${version} ${MEANINGS[kind]}`);
  if (verdict.findings.length > 0) {
    io.tell(`the audit log in ${folder} is broken in ${verdict.findings.length} place(s)`);
    return EXIT.fault;
  }
  io.print(
    `sound: ${verdict.events} events, chained to a signed head; unanchored: no checkpoint outside this host to compare with`,
  );
  return EXIT.done;
}
