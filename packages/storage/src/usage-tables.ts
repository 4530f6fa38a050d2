import type { Generated } from 'kysely';

/** Counts as they were flushed, of many keys each; a row lives until it is folded into its hours (D13). */
export type UsageBatchesTable = {
  id: Generated<number>;
  /** JSON: a list of key id, beginning of the hour, and counts by decision code. */
  entries: string;
};

/** Decisions on a key within an hour, by code (D13). */
export type UsageHoursTable = {
  key_id: string;
  /** When the hour begins. */
  hour: number;
  code: string;
  count: number;
};
