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
  'record-changed': 'is where what verifiers are told does not fit its event',
  'head-not-signed': 'is the head, and its signature is not of this installation',
  'head-differs': 'is where the log and its signed head part: events were cut off or added',
  'checkpoint-not-signed': 'has a checkpoint that is not signed by this installation',
  'checkpoint-differs': 'is where the log is not the one of the checkpoint: it is older, or was written anew',
  unreadable: 'is where a line stands that no download writes',
  'cut-off': 'is where the file breaks off: its end is missing',
  'file-differs': 'is the head, and the file before it is not the one that was signed',
};

type VerifyOptions = { readonly publicKey?: string; readonly checkpoint?: string };

/** `claviger audit verify`: checks the chain of a data folder, or a downloaded log, offline (A4). */
export function addAuditCommand(program: Command, io: Io, end: (code: ExitCode) => void): void {
  const audit = program.command('audit').description('look at the audit log');
  audit
    .command('verify')
    .description('check offline that no event was changed, added, deleted or cut off; ends with 1 when one was')
    .argument('[what]', 'data folder, or a downloaded log (.jsonl)', DEFAULT_FOLDER)
    .option('--public-key <file>', 'the public key of the installation; needed for a downloaded log')
    .option('--checkpoint <file>', 'checkpoints of the installation that were kept outside its host')
    .action(async (what: string, { publicKey, checkpoint: checkpoints }: VerifyOptions) => {
      const files = { ...(publicKey && { publicKey }), ...(checkpoints && { checkpoints }) };
      end(await verify(io, what, files));
    });
}

type Files = NonNullable<Parameters<typeof operate.verifyAudit>[1]>;

async function verify(io: Io, what: string, files: Files): Promise<ExitCode> {
  const { publicKey } = files;
  if (!what.endsWith('.jsonl')) return reportFolder(io, operate.verifyAudit(what, files), what);
  if (publicKey === undefined) {
    io.tell('a downloaded log is checked with the public key: add --public-key <data folder>/signing-key.pub');
    return EXIT.wrongUse;
  }
  return reportExport(io, await operate.verifyExport(what, { ...files, publicKey }), what);
}

function reportFolder(io: Io, verdict: FolderVerdict, folder: string): ExitCode {
  if (verdict.kind !== 'looked') return reportUnread(io, verdict);
  for (const { version, kind } of verdict.findings) io.print(`version ${version} ${MEANINGS[kind]}`);
  if (verdict.findings.length > 0) return reportBroken(io, folder, verdict.findings.length);
  io.print(`sound: ${verdict.events} events, chained to a signed head; ${anchorWords(verdict)}`);
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
      ? `sound: ${verdict.events} events, chained without a gap to the signed head ${headOf(verdict)}; ${anchorWords(verdict)}`
      : `sound: ${verdict.events} events, just as they were downloaded at ${headOf(verdict)}; without the links between them; ${anchorWords(verdict)}`,
  );
  return EXIT.done;
}

function headOf({ head }: Extract<ExportVerdict, { kind: 'looked' }>): string {
  return head === null ? '' : `${head.epoch}.${head.version}`;
}

/** Up to where somebody who has the signing key would be found out too (A4). */
function anchorWords({ anchor }: Pick<Extract<FolderVerdict, { kind: 'looked' }>, 'anchor'>): string {
  if (anchor === null) return 'unanchored since its first event: no checkpoint from outside this host vouches for it';
  const { epoch, version, time } = anchor;
  return `anchored by the checkpoint of version ${epoch}.${version}, unanchored since ${time}`;
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
  if (kind === 'no-checkpoints') {
    io.tell(`${path} holds something else than checkpoints: name a copy of checkpoints.jsonl from the data folder`);
    return EXIT.wrongUse;
  }
  io.tell(`${path} is not there: name the data folder of an installation on SQLite, or a downloaded log`);
  return EXIT.notFound;
}
