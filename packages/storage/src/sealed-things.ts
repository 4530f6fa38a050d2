import type { AccountId, InternalKeyId, KeyId, KeyKind, UserId } from '@claviger/core';
import type { Kysely } from 'kysely';
import type { Tables } from './schema.ts';
import { sealedInternalKey, sealedKey } from './sealed-rows.ts';
import type { SealedThing, SealedThings } from './sealing-store.ts';

type Run = <T>(work: (db: Kysely<Tables>) => Promise<T>) => Promise<T>;

/** Goes through what is sealed under other keys than the one in use (K7). */
export function createSealedThings(read: Run, write: Run): SealedThings {
  return {
    underOthers: (number, place, most) => read((db) => QUERIES[place.kind](db, `${number}:%`, { ...place, most })),
    write: (things) =>
      write(async (db) => {
        for (const { before, after } of things) await writeThing(db, before, after);
      }),
    resealedUnder: () =>
      read(async (db) => {
        const row = await db.selectFrom('installation').select('resealed_under').where('id', '=', 1).executeTakeFirst();
        return row?.resealed_under ?? null;
      }),
  };
}

type Page = { readonly after: string | null; readonly most: number };
type Query = (db: Kysely<Tables>, under: string, page: Page) => Promise<readonly SealedThing[]>;

const QUERIES: { readonly [Kind in SealedThing['kind']]: Query } = {
  key: async (db, under, { after, most }) => {
    const rows = await db
      .selectFrom('key_secrets')
      .innerJoin('keys', 'keys.id', 'key_secrets.key_id')
      .select(['key_secrets.digest', 'key_secrets.seal', 'keys.id', 'keys.account_id', 'keys.owner_id', 'keys.kind'])
      .where('key_secrets.seal', 'not like', under)
      .where('key_secrets.digest', '>', after ?? '')
      .orderBy('key_secrets.digest')
      .limit(most)
      .execute();
    return rows.map((row) => {
      const key = { accountId: row.account_id as AccountId, id: row.id as KeyId, ownerId: row.owner_id as UserId };
      const sealed = sealedKey({ ...key, kind: row.kind as KeyKind }, row.digest);
      return { kind: 'key', id: row.digest, row: sealed, seal: row.seal };
    });
  },
  internal_key: async (db, under, { after, most }) => {
    const query = db.selectFrom('internal_keys').select(['id', 'purpose', 'digest', 'seal']);
    const page = query.where('seal', 'not like', under).where('digest', '>', after ?? '');
    const rows = await page.orderBy('digest').limit(most).execute();
    return rows.map(({ id, purpose, digest, seal }) => {
      const key = { id: id as InternalKeyId, purpose: purpose as 'verify' | 'feed' };
      return { kind: 'internal_key', id: digest, row: sealedInternalKey(key, digest), seal };
    });
  },
  webhook: async (db, under, { after, most }) => {
    const rows = await db
      .selectFrom('webhooks')
      .select(['id', 'secret', 'previous_secret'])
      .where((eb) => eb.or([eb('secret', 'not like', under), eb('previous_secret', 'not like', under)]))
      .where('id', '>', after ?? '')
      .orderBy('id')
      .limit(most)
      .execute();
    return rows.map((row) => ({
      kind: 'webhook',
      id: row.id,
      secret: row.secret,
      previousSecret: row.previous_secret,
    }));
  },
  totp: async (db, under, { after, most }) => {
    const query = db.selectFrom('totp_factors').select(['user_id', 'secret']);
    const page = query.where('secret', 'not like', under).where('user_id', '>', after ?? '');
    const rows = await page.orderBy('user_id').limit(most).execute();
    return rows.map(({ user_id, secret }) => ({ kind: 'totp', id: user_id, secret, previousSecret: null }));
  },
};

async function writeThing(db: Kysely<Tables>, before: SealedThing, after: SealedThing): Promise<void> {
  if (before.kind === 'webhook' && after.kind === 'webhook') {
    const update = db.updateTable('webhooks').set({ secret: after.secret, previous_secret: after.previousSecret });
    const same = update.where('id', '=', before.id).where('secret', '=', before.secret);
    const { previousSecret } = before;
    await (previousSecret === null
      ? same.where('previous_secret', 'is', null)
      : same.where('previous_secret', '=', previousSecret)
    ).execute();
  } else if (before.kind === 'totp' && after.kind === 'totp') {
    const update = db.updateTable('totp_factors').set({ secret: after.secret });
    await update.where('user_id', '=', before.id).where('secret', '=', before.secret).execute();
  } else if ('seal' in before && 'seal' in after) {
    const table = before.kind === 'key' ? ('key_secrets' as const) : ('internal_keys' as const);
    const { id, seal } = before;
    await db.updateTable(table).set({ seal: after.seal }).where('digest', '=', id).where('seal', '=', seal).execute();
  }
}
