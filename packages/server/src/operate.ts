import { createPublicKey, hash, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Checkpoint, parseCheckpointLine } from '@claviger/core';
import { type AuditCheckDeps, type AuditFinding, verifyAuditLog } from '@claviger/storage';
import { createExportCheck, type ExportVerdict } from './audit-export/check-export.ts';
import { readLines } from './audit-export/read-lines.ts';
import { ask } from './main.ts';

/** What an offline look at an audit log found. */
export type AuditVerdict =
  | { readonly kind: 'not-there'; readonly path: string }
  | { readonly kind: 'no-public-key'; readonly path: string }
  | { readonly kind: 'no-checkpoints'; readonly path: string }
  | {
      readonly kind: 'looked';
      readonly events: number;
      readonly findings: readonly AuditFinding[];
      /** The latest checkpoint that vouches for the log; null without one. */
      readonly anchor: Checkpoint | null;
    };

/** What a check is given beside the log: both files come from outside the host that is looked at. */
export type AuditCheckFiles = { readonly publicKey?: string; readonly checkpoints?: string };

/** What an offline look at a downloaded log found. */
export type ExportLook =
  | Exclude<AuditVerdict, { readonly kind: 'looked' }>
  | ({ readonly kind: 'looked' } & ExportVerdict);

/**
 * Checks the audit log of a data folder offline, with nothing but the public key (A4). It reads only, so a server may be
 * running on the folder. Without a checkpoint outside, an older log put back together with its older head is not noticed.
 */
function verifyAudit(dataDir: string, files: AuditCheckFiles = {}): AuditVerdict {
  const publicKeyFile = files.publicKey ?? join(dataDir, 'signing-key.pub');
  const database = join(dataDir, 'claviger.db');
  const given = readGiven(database, publicKeyFile, files.checkpoints ?? null);
  if (given.kind !== 'given') return given;
  return { kind: 'looked', ...verifyAuditLog(database, given.deps, given.checkpoints) };
}

/** Checks a downloaded log with nothing but the public key (A4). */
async function verifyExport(
  file: string,
  files: AuditCheckFiles & { readonly publicKey: string },
): Promise<ExportLook> {
  const given = readGiven(file, files.publicKey, files.checkpoints ?? null);
  if (given.kind !== 'given') return given;
  const check = createExportCheck(given.deps, given.checkpoints);
  await readLines(createReadStream(file), (line) => check.line(line));
  return { kind: 'looked', ...check.end() };
}

type Given =
  | Exclude<AuditVerdict, { readonly kind: 'looked' }>
  | { readonly kind: 'given'; readonly deps: AuditCheckDeps; readonly checkpoints: readonly Checkpoint[] };

function readGiven(log: string, publicKeyFile: string, checkpointFile: string | null): Given {
  for (const path of [log, publicKeyFile, checkpointFile]) {
    if (path !== null && !existsSync(path)) return { kind: 'not-there', path };
  }
  const deps = checkDepsOf(publicKeyFile);
  if (deps === null) return { kind: 'no-public-key', path: publicKeyFile };
  const checkpoints = checkpointFile === null ? [] : readCheckpoints(checkpointFile);
  if (checkpoints === null) return { kind: 'no-checkpoints', path: checkpointFile ?? '' };
  return { kind: 'given', deps, checkpoints };
}

/** The checkpoints of a file; null when a line is none, or there is no line. */
function readCheckpoints(file: string): readonly Checkpoint[] | null {
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const checkpoints = lines.flatMap((line) => parseCheckpointLine(line) ?? []);
  return lines.length > 0 && checkpoints.length === lines.length ? checkpoints : null;
}

function checkDepsOf(publicKeyFile: string): AuditCheckDeps | null {
  const publicKey = readPublicKey(publicKeyFile);
  if (publicKey === null) return null;
  return {
    sha256: (text) => hash('sha256', text, 'hex'),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
  };
}

function readPublicKey(file: string) {
  try {
    const key = createPublicKey(readFileSync(file));
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    // No PEM text: the caller says which file.
    return null;
  }
}

/** What the operator's commands do; the command line calls these and nothing else of the server. */
export const operate = { verifyAudit, verifyExport, ask } as const;
