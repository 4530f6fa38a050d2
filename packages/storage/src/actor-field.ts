import type { Dialect } from './dialect.ts';

/**
 * One field of the stored actor, in SQL: indexes and filters must use the very same expression. It answers null, and does
 * not fail, for a text that is no JSON: a tampered event must still be readable, to be found.
 */
export const ACTOR_FIELD: Readonly<Record<Dialect, (field: 'id' | 'key_id') => string>> = {
  sqlite: (field) => `case when json_valid(actor) then actor ->> '${field}' end`,
  postgres: (field) => `substring(actor from '"${field}":"([^"]*)"')`,
};
