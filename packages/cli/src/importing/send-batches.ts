import { hash } from 'node:crypto';
import type { Client } from '@claviger/client';
import type { BodyOf, KeyObject, ProblemObject } from '@claviger/contract';
import { IMPORT_KEYS_MOST } from '@claviger/core';
import type { ReadKey } from './read-lines.ts';

type Body = BodyOf<'import_keys'>;
type Entry = Body['keys'][number];

/** What all keys of an import have in common; `{n}` in the name stands for the number of the line. */
export type Common = Pick<Entry, 'kind' | 'name' | 'owner_id' | 'lifespan_days'>;

/** What became of an import: the keys that are in, and what stopped it. */
export type Sent = { readonly imported: readonly KeyObject[]; readonly stopped: Stopped | null };

/** Why an import went no further, with the batch that was not taken. */
export type Stopped = { readonly batch: readonly ReadKey[] } & (
  | { readonly by: 'refusal'; readonly status: number; readonly problem: ProblemObject }
  /** No answer came: whether this batch is in is not known. */
  | { readonly by: 'silence' }
);

/** The keys in the batches in which they are sent. */
export function batchesOf(keys: readonly ReadKey[]): readonly (readonly ReadKey[])[] {
  const count = Math.ceil(keys.length / IMPORT_KEYS_MOST);
  return Array.from({ length: count }, (_, index) =>
    keys.slice(index * IMPORT_KEYS_MOST, (index + 1) * IMPORT_KEYS_MOST),
  );
}

/** Sends batch after batch, up to the first that is not taken (K13). */
export async function sendBatches(client: Client, keys: readonly ReadKey[], common: Common): Promise<Sent> {
  const imported: KeyObject[] = [];
  for (const batch of batchesOf(keys)) {
    const answer = await send(client, { keys: batch.map((key) => entryOf(key, common)) });
    if (answer === null) return { imported, stopped: { by: 'silence', batch } };
    if (!answer.ok) {
      const { status, problem } = answer;
      return { imported, stopped: { by: 'refusal', status, problem, batch } };
    }
    imported.push(...answer.value.data);
  }
  return { imported, stopped: null };
}

function entryOf({ line, digest, hint }: ReadKey, common: Common): Entry {
  const name = common.name.replaceAll('{n}', String(line));
  return { ...common, name, digest, ...(hint === null ? {} : { hint }) };
}

/**
 * The same batch has the same idempotency key: whoever runs the same import again after the answer was lost is told what
 * was imported, not that it is there already.
 */
async function send(client: Client, body: Body) {
  const idempotencyKey = `import-${hash('sha256', JSON.stringify(body), 'hex')}`;
  try {
    return await client.call('import_keys', { body, idempotencyKey });
  } catch {
    // No answer of the API: nothing listens, the connection broke, or something else answered.
    return null;
  }
}
