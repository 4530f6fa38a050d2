import { readFileSync } from 'node:fs';

/** What both programs of this example are told by the environment. */
export type Settings = {
  readonly port: number;
  /** Where events are kept; `:memory:` forgets them at the end. */
  readonly file: string;
};

/** Reads `EVENTS_PORT` (default 4500) and `EVENTS_FILE` (default `events.db`). */
export function readSettings(): Settings {
  return { port: Number(process.env['EVENTS_PORT'] ?? 4500), file: process.env['EVENTS_FILE'] ?? 'events.db' };
}

/** Reads the key with which this API asks Claviger, from the file that Claviger wrote. */
export function readVerifierKey(): string {
  const file = process.env['CLAVIGER_VERIFIER_KEY_FILE'] ?? 'data/verifier.key';
  return readFileSync(file, 'utf8').trim();
}
