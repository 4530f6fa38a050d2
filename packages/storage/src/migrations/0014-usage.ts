import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds what keys were used for: batches as they are flushed, and the hours into which they are folded (D13). */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  const { whole, id, end, clusteredEnd } = WORDS[dialect];
  const serial = dialect === 'sqlite' ? 'integer primary key' : 'bigint generated always as identity primary key';
  const statements = [
    `create table usage_batches (id ${serial}, entries text not null)${end}`,
    `create table usage_hours (key_id ${id} not null, hour ${whole} not null, code text not null,
      count ${whole} not null, primary key (key_id, hour, code))${clusteredEnd}`,
    'create index usage_hours_hour on usage_hours (hour)',
  ];
  for (const statement of statements) await sql.raw(statement).execute(db);
}
