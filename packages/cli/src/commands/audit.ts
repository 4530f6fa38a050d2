import { operate } from '@claviger/server';
import type { Command } from 'commander';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Io } from '../io.ts';

type FolderVerdict = ReturnType<typeof operate.verifyAudit>;
type ExportVerdict = Awaited<ReturnType<typeof operate.verifyExport>>;
type Findings = Extract<ExportVerdict, { kind: 'looked' }>['findings'];
type Kind = Findings[number]['kind'];

const DEFAULT_FOLDER = './data';

/** What each finding means, for whoever has to act on it. */
const MEANINGS: Readonly<Record<Kind, string>> = {
  changed: 'was changed after it was written',
  missing: 'is missing',
  unlinked: 'does not follow the event before it: one of the two was put there by somebody else',
  'out-of-order': 'stands at the wrong place',
  'head-not-signed': 'is the head, and its signature is not of this installation',
  'head-differs': 'is where the log and its signed head part: events were cut off or added',
  unreadable: 'is where a line stands that no download writes',
  'cut-off': 'is where the file breaks off: its end is missing',
  'file-differs': 'is the head, and the file before it is not the one that was signed',
};

type VerifyOptions = { readonly publicKey?: string };

/** `claviger audit verify`: checks the chain of a data folder, or a downloaded log, offline (A4). */
export function addAuditCommand(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const audit = program.command('audit').description('look at the audit log');
  audit
    .command('verify')
    .description('check offline that no event was changed, added, deleted or cut off; ends with 1 when one was')
    .argument('[what]', 'data folder, or a downloaded log (.jsonl)', DEFAULT_FOLDER)
    .option('--public-key <file>', 'the public key of the installation; needed for a downloaded log')
    .action(async (what: string, { publicKey }: VerifyOptions) => {
      end(await verify(io, what, publicKey));
    });
}

async function verify(io: Io, what: string, publicKey: string | undefined): Promise<ExitCode> {
  if (!what.endsWith('.jsonl')) return reportFolder(io, operate.verifyAudit(what, publicKey), what);
  if (publicKey === undefined) {
    io.tell('a downloaded log is checked with the public key: add --public-key <data folder>/signing-key.pub');
    return EXIT.wrongUse;
  }
  return reportExport(io, await operate.verifyExport(what, publicKey), what);
}

function reportFolder(io: Io, verdict: FolderVerdict, folder: string): ExitCode {
  if (verdict.kind !== 'looked') return reportUnread(io, verdict);
  for (const { version, kind } of verdict.findings) io.print(`version ${version} ${MEANINGS[kind]}`);
  if (verdict.findings.length > 0) return reportBroken(io, folder, verdict.findings.length);
  io.print(
    `sound: ${verdict.events} events, chained to a signed head; unanchored: no checkpoint outside this host to compare with`,
  );
  return EXIT.done;
}

function reportExport(io: Io, verdict: ExportVerdict, file: string): ExitCode {
  if (verdict.kind !== 'looked') return reportUnread(io, verdict);
  for (const { version, kind, line } of verdict.findings) {
    io.print(`line ${line}: version ${version} ${MEANINGS[kind]}`);
  }
  if (verdict.findings.length > 0) return reportBroken(io, file, verdict.findings.length);
  io.print(
    verdict.hasLinks
      ? `sound: ${verdict.events} events, chained without a gap to the signed head ${headOf(verdict)}`
      : `sound: ${verdict.events} events, just as they were downloaded at ${headOf(verdict)}; without the links between them`,
  );
  return EXIT.done;
}

function headOf({ head }: Extract<ExportVerdict, { kind: 'looked' }>): string {
  return head === null ? '' : `${head.epoch}.${head.version}`;
}

function reportBroken(io: Io, what: string, places: number): ExitCode {
  io.tell(`the audit log in ${what} is broken in ${places} place(s)`);
  return EXIT.fault;
}

function reportUnread(io: Io, { kind, path }: Exclude<FolderVerdict, { kind: 'looked' }>): ExitCode {
  if (kind === 'no-public-key') {
    io.tell(`${path} is no public key of an installation: take the file signing-key.pub from its data folder`);
    return EXIT.wrongUse;
  }
  io.tell(`${path} is not there: name the data folder of an installation on SQLite, or a downloaded log`);
  return EXIT.notFound;
}
