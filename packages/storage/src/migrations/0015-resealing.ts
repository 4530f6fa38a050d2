import { type Kysely, sql } from 'kysely';
import type { Dialect } from '../dialect.ts';
import { WORDS } from './words.ts';

/** Adds which sealing key everything was sealed with anew when the last replacement was done (K7). */
export async function up(db: Kysely<unknown>, dialect: Dialect): Promise<void> {
  await sql.raw(`alter table installation add column resealed_under ${WORDS[dialect].whole}`).execute(db);
}
