import type { Result } from '@claviger/core';
import type { Committed } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';

/** What a question is answered with, and what a command's transaction returns. */
export type Outcome<T> = Promise<Result<T, Refusal>>;

/** What a command returns: the committed change, in force on this node when it resolves (X1), or the refusal. */
export type CommandOutcome<T> = Promise<Result<Committed<T>, Refusal>>;
