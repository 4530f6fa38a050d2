import { createHash, createHmac, hash } from 'node:crypto';
import { type FeedRecord, type FeedSource, FEED_SCHEMA, type SnapshotPart } from '@claviger/contract';
import { drawIdCharacters, drawSecretCharacters, formatKeyText, GENESIS_HASH, type RandomBytes } from '@claviger/core';

const ACCOUNT_ID = 'acc_000000000000000bench';
const POLICY_ID = 'pol_000000000000000bench';
/** Every owner has this many keys. */
const KEYS_PER_OWNER = 10;
const CHUNK = 1_000;

/** Keys whose every check is on: restricted owner with a policy, allowed addresses, a rate limit that is never reached. */
export type SampleKeys = {
  readonly texts: readonly string[];
  readonly source: FeedSource;
  /** The internal key with which the load asks the verify call. */
  readonly verifierKey: string;
};

/** Makes `count` keys, the same ones each time. */
export function sampleKeys(count: number): SampleKeys {
  const randomBytes = repeatableBytes('claviger bench');
  const verifierKey = keyText('internal', randomBytes);
  const records: FeedRecord[] = [...accountRecords(verifierKey.text)];
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const ownerId = `usr_${String(Math.floor(index / KEYS_PER_OWNER)).padStart(20, '0')}`;
    if (index % KEYS_PER_OWNER === 0) records.push(ownerRecord(ownerId));
    const key = keyText('master', randomBytes);
    texts.push(key.text);
    records.push(keyRecord(key, ownerId));
  }
  return { texts, source: sourceOf(records), verifierKey: verifierKey.text };
}

function keyText(kind: 'master' | 'internal', randomBytes: RandomBytes): { text: string; id: string } {
  const id = drawIdCharacters(randomBytes);
  const parts = { prefix: 'clv', kind, idCharacters: id };
  return { text: formatKeyText(parts, drawSecretCharacters(randomBytes)).reveal(), id };
}

function accountRecords(verifierKey: string): readonly FeedRecord[] {
  const operations = [
    { name: 'query', is_ingestion: false, includes: [] },
    { name: 'import', is_ingestion: true, includes: [] },
  ];
  return [
    { type: 'account', account_id: ACCOUNT_ID, reminder_days: 30, catalogue: [{ name: 'database', operations }] },
    {
      type: 'policy',
      account_id: ACCOUNT_ID,
      policy_id: POLICY_ID,
      permissions: [{ resource_type: 'database', operation: 'query', ids: ['sales', 'web_*'] }],
    },
    {
      type: 'internal_key',
      internal_key_id: 'ikey_000000bench0',
      purpose: 'verify',
      account_ids: [ACCOUNT_ID],
      digest: hash('sha256', verifierKey),
      is_ended: false,
    },
  ];
}

function ownerRecord(userId: string): FeedRecord {
  return {
    type: 'user',
    account_id: ACCOUNT_ID,
    user_id: userId,
    user_type: 'restricted',
    is_disabled: false,
    policy_ids: [POLICY_ID],
  };
}

function keyRecord(key: { text: string; id: string }, ownerId: string): FeedRecord {
  const expiresAt = Date.UTC(2090, 0, 1);
  return {
    type: 'key',
    account_id: ACCOUNT_ID,
    key_id: `key_${key.id}`,
    owner_id: ownerId,
    kind: 'master',
    expires_at: expiresAt,
    disabled_at: null,
    forced_at: null,
    permissions: null,
    allowed_ips: ['203.0.113.0/24'],
    allowed_origins: [],
    rate_limit: { requests: 1_000_000, per_seconds: 1 },
    secrets: [{ digest: hash('sha256', key.text), ends_at: expiresAt }],
  };
}

/** A feed that has one state, told once, and no changes: what it has told it lets go, as a real one does. */
function sourceOf(records: readonly FeedRecord[]): FeedSource {
  const texts = records.map((record) => JSON.stringify(record));
  const head = { epoch: 1, n: 1, hash: GENESIS_HASH.replace(/^0/, '1') };
  return {
    snapshot: async function* parts(): AsyncGenerator<SnapshotPart> {
      yield { part: 'head', schema: FEED_SCHEMA, ...head };
      const checksum = createHash('sha256');
      for (let start = 0; start < texts.length; start += CHUNK) {
        const chunk = texts.slice(start, start + CHUNK);
        for (const text of chunk) checksum.update(`${text}\n`);
        yield { part: 'records', records: chunk };
      }
      yield { part: 'end', count: texts.splice(0).length, checksum: checksum.digest('hex') };
    },
    tail: async () => ({ kind: 'entries', entries: [], head }),
    onWake: () => () => undefined,
  };
}

/** Bytes that look random and are the same in each process: keys of a benchmark guard nothing. */
function repeatableBytes(seed: string): RandomBytes {
  let block = 0;
  let left = Buffer.alloc(0);
  return (count) => {
    while (left.length < count) {
      block += 1;
      left = Buffer.concat([left, createHmac('sha512', seed).update(String(block)).digest()]);
    }
    const bytes = left.subarray(0, count);
    left = left.subarray(count);
    return bytes;
  };
}
