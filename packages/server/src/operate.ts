import { createPublicKey, hash, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type AuditFinding, verifyAuditLog } from '@claviger/storage';
import { ask } from './main.ts';

/** What an offline look at an audit log found. */
export type AuditVerdict =
  | { readonly kind: 'not-there'; readonly path: string }
  | { readonly kind: 'looked'; readonly events: number; readonly findings: readonly AuditFinding[] };

/**
 * Checks the audit log of a data folder offline, with nothing but the public key (A4). It reads only, so a server may be
 * running on the folder. Without a checkpoint outside, an older log put back together with its older head is not noticed.
 */
function verifyAudit(dataDir: string): AuditVerdict {
  const database = join(dataDir, 'claviger.db');
  const publicKeyFile = join(dataDir, 'signing-key.pub');
  for (const path of [database, publicKeyFile]) if (!existsSync(path)) return { kind: 'not-there', path };
  const publicKey = createPublicKey(readFileSync(publicKeyFile));
  const found = verifyAuditLog(database, {
    sha256: (text) => hash('sha256', text, 'hex'),
    isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
  });
  return { kind: 'looked', ...found };
}

/** What the operator's commands do; the command line calls these and nothing else of the server. */
export const operate = { verifyAudit, ask } as const;
