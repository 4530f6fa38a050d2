import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { instant } from '@claviger/core';
import { openPostgres } from '@claviger/storage';
import { type RemindersDeps, remindersJob } from '../../packages/server/src/jobs/reminders.ts';
import { storeDeps } from './store-deps.ts';

/** Milliseconds between two runs. */
const PAUSE_MS = 10;

/**
 * One of several schedulers of one installation. What the time is stands in a file; says which time it has dealt with, and
 * goes on until it is killed. A run that fails ends it.
 */
const [url = '', keyFile = '', clockFile = ''] = process.argv.slice(2);
const store = await openPostgres(storeDeps(readFileSync(keyFile, 'utf8')), { url });
for (;;) {
  const now = instant(Number(readFileSync(clockFile, 'utf8')));
  const clock = { now: () => now, storable: () => now, isJumping: () => false };
  const commands: RemindersDeps['commands'] = {
    read: (work) => store.read(work),
    change: (context, work) => store.change(context, work),
    randomBytes,
  };
  await remindersJob({ commands, clock }).run(new AbortController().signal);
  console.log(`done ${now}`);
  await pause(PAUSE_MS);
}
