import { createPublicKey, hash, verify } from 'node:crypto';
import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditCheckDeps, type AuditFinding, verifyAuditLog } from '@claviger/storage';
import { createExportCheck, type ExportVerdict } from './audit-export/check-export.ts';
import { readLines } from './audit-export/read-lines.ts';
import { ask } from './main.ts';

/** What an offline look at an audit log found. */
export type AuditVerdict =
  | { readonly kind: 'not-there'; readonly path: string }
  | { readonly kind: 'no-public-key'; readonly path: string }
  | { readonly kind: 'looked'; readonly events: number; readonly findings: readonly AuditFinding[] };

/** What an offline look at a downloaded log found. */
export type ExportLook =
  | Exclude<AuditVerdict, { readonly kind: 'looked' }>
  | ({ readonly kind: 'looked' } & ExportVerdict);

/**
 * Checks the audit log of a data folder offline, with nothing but the public key (A4). It reads only, so a server may be
 * running on the folder. Without a checkpoint outside, an older log put back together with its older head is not noticed.
 */
function verifyAudit(dataDir: string, publicKeyFile: string = join(dataDir, 'signing-key.pub')): AuditVerdict {
  const database = join(dataDir, 'claviger.db');
  for (const path of [database, publicKeyFile]) if (!existsSync(path)) return { kind: 'not-there', path };
  const deps = checkDepsOf(publicKeyFile);
  if (deps === null) return { kind: 'no-public-key', path: publicKeyFile };
  return { kind: 'looked', ...verifyAuditLog(database, deps) };
}

/** Checks a downloaded log with nothing but the public key (A4). */
async function verifyExport(file: string, publicKeyFile: string): Promise<ExportLook> {
  for (const path of [file, publicKeyFile]) if (!existsSync(path)) return { kind: 'not-there', path };
  const deps = checkDepsOf(publicKeyFile);
  if (deps === null) return { kind: 'no-public-key', path: publicKeyFile };
  const check = createExportCheck(deps);
  await readLines(createReadStream(file), (line) => check.line(line));
  return { kind: 'looked', ...check.end() };
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
