import { createHash, generateKeyPairSync, sign, verify } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { KEYS_PER_USER_DEFAULT, newEventId, type RandomBytes, Secret } from '@claviger/core';
import type { Store, StoreDeps } from '@claviger/storage';
import { createSealer, type Sealer } from '../../sealing.ts';
import { logSignerOf } from '../../store-deps.ts';
import type { CommandDeps, Passwords } from '../deps.ts';

/** A real embedded store in a folder of its own, with all that commands are given. Close it at the end of the file's tests. */
export type Installation = {
  readonly deps: CommandDeps;
  readonly store: Store;
  /** Every event after a version, of whatever account, as an auditor reads them from the file. */
  eventsAfter(version: number): readonly StoredEvent[];
  /** Every mail that was queued, the earliest first. */
  mails(): readonly StoredMail[];
  close(): Promise<void>;
};

/** A queued mail, as much of it as tests look at; `facts` is JSON. */
export type StoredMail = Readonly<Record<'account_id' | 'recipient' | 'template' | 'facts', string>>;

/** An installation, and the rows of any table, read past the store. */
export type ReadableInstallation = Installation & {
  rows(select: string, ...values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[];
};

/** The columns of an event that tests look at. */
export type StoredEvent = Readonly<
  Record<'event_name' | 'account_id' | 'actor' | 'affected_user_id' | 'resource_id' | 'changes' | 'result', string>
> & { readonly version: number };

/** Opens the embedded engine; tests hand it in, since only they and `main.ts` pick an engine. */
type OpenEmbedded = (deps: StoreDeps, options: { readonly folder: string }) => Promise<Store>;

/** Opens an empty installation whose randomness follows from the seed: the same seed draws the same keys. */
export async function openInstallation(seed: string, openStore: OpenEmbedded): Promise<ReadableInstallation> {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-commands-'));
  const randomBytes = seededBytes(seed);
  const sealer = createSealer([{ number: 1, key: new Secret(Buffer.alloc(32, 7).toString('base64url')) }]);
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const store = await openStore(
    {
      sha256,
      sign: (text) => sign(null, Buffer.from(text), privateKey).toString('hex'),
      isSigned: (text, signature) => verify(null, Buffer.from(text), publicKey, Buffer.from(signature, 'hex')),
      isSealed: (row, seal) => sealer.isSealed(row, seal),
      newEventId: () => newEventId(randomBytes),
      onBrokenSeal: (keyId) => {
        throw new Error(`the seal of ${keyId} is broken`);
      },
    },
    { folder },
  );
  const auditor = new DatabaseSync(join(folder, 'claviger.db'), { readOnly: true });
  return {
    deps: depsOf(store, { randomBytes, sealer, signer: logSignerOf(privateKey) }),
    store,
    eventsAfter: (version) =>
      auditor.prepare('select * from audit_events where version > ? order by version').all(version) as StoredEvent[],
    mails: () => auditor.prepare('select * from outbox order by created_at, rowid').all() as StoredMail[],
    rows: (select, ...values) => auditor.prepare(select).all(...values),
    close: async () => {
      auditor.close();
      await store.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** Bytes that follow from a seed: SHA-256 of seed and counter. */
export function seededBytes(seed: string): RandomBytes {
  let counter = 0;
  return (count) => {
    const blocks: Buffer[] = [];
    for (let have = 0; have < count; have += 32) {
      blocks.push(createHash('sha256').update(`${seed} ${counter}`).digest());
      counter += 1;
    }
    return Buffer.concat(blocks).subarray(0, count);
  };
}

function depsOf(
  store: Store,
  { randomBytes, sealer, signer }: Pick<CommandDeps, 'randomBytes' | 'signer'> & { readonly sealer: Sealer },
): CommandDeps {
  return {
    read: (work) => store.read(work),
    change: (context, work) => store.change(context, work),
    randomBytes,
    digestOf: (text) => sha256(text.reveal()),
    seal: (row) => sealer.seal(row),
    sealer,
    signer,
    checkpoints: () => [],
    passwords: quickPasswords,
    keyPrefix: 'clv',
    acceptedPrefixes: ['clv', 'old'],
    keysPerUserMost: KEYS_PER_USER_DEFAULT,
    outboundAllow: [],
  };
}

/** As `createPasswords`, without the cost: what these tests are about is what is asked, not how long it takes. */
const quickPasswords: Passwords = {
  hash: async (password) => sha256(`password ${password.reveal()}`),
  matches: async (password, hash) => sha256(`password ${password.reveal()}`) === hash,
};

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
