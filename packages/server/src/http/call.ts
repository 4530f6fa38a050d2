import type { AnswerOf, BodyOf, QueryOf, RouteName, ROUTES } from '@claviger/contract';
import type { Instant, Result, Version } from '@claviger/core';
import type { Committed, ReplaySlot } from '@claviger/storage';
import type { AnonymousContext, CommandContext } from '../commands/deps.ts';
import type { HttpDeps } from './deps.ts';
import type { HttpRefusal } from './http-refusal.ts';
import type { Incoming } from './incoming.ts';
import type { TargetIds } from './target-ids.ts';

/** The routes that the control plane answers. */
export type ControlRouteName = {
  [Name in RouteName]: (typeof ROUTES)[Name]['listener'] extends 'data' ? never : Name;
}[RouteName];

/** A request that has passed everything up to its command: who asks, and parsed input. */
export type Call<Name extends RouteName> = {
  /** Whoever asks; on routes that ask for no credential nobody in particular. */
  readonly context: 'nobody' extends (typeof ROUTES)[Name]['credentials'][number] ? AnonymousContext : CommandContext;
  readonly ids: TargetIds[(typeof ROUTES)[Name]['target']];
  readonly query: QueryOf<Name>;
  readonly body: BodyOf<Name>;
  readonly incoming: Incoming;
};

/** What an implementation answers, before it is put on the wire. */
export type Answered = {
  readonly body: unknown;
  readonly version: Version | null;
  readonly headers: Readonly<Record<string, string>>;
  /** A file in place of a body. */
  readonly file?: SentFile;
};

/** A file that is sent while it is made: the next chunk is asked for when there is room for it. */
export type SentFile = {
  /** What it is saved as. */
  readonly name: string;
  readonly mediaType: string;
  readonly chunks: AsyncIterable<string>;
};

/** A route, done. */
export type Implementation<Name extends RouteName> = {
  run(deps: HttpDeps, call: Call<Name>): Promise<Result<Answered, HttpRefusal>>;
  /** The answer that is kept for replays: the same, without any secret (K7). Null where nothing is kept. */
  readonly replayBody: ((value: unknown, at: Pick<View, 'now' | 'version'>) => unknown) | null;
};

/** How an answer is shown. */
export type View = {
  readonly now: Instant;
  /** False in an answer that is kept for replays: a secret is shown once (K7). */
  readonly showsSecrets: boolean;
  /** The last version of the change, or null when nothing changed. */
  readonly version: Version | null;
};

/** A route that changes nothing. */
export function reading<Name extends RouteName, T>(parts: {
  run(deps: HttpDeps, call: Call<Name>): Promise<Result<T, HttpRefusal>>;
  present(value: T, call: Call<Name>): AnswerOf<Name>;
}): Implementation<Name> {
  return {
    replayBody: null,
    run: async (deps, call) => {
      const outcome = await parts.run(deps, call);
      if (!outcome.ok) return outcome;
      return { ok: true, value: { body: parts.present(outcome.value, call), version: null, headers: {} } };
    },
  };
}

/** A route that answers with a file; the version is that of the event that remembers it (A2). */
export function downloading<Name extends RouteName>(parts: {
  run(
    deps: HttpDeps,
    call: Call<Name>,
  ): Promise<Result<{ readonly file: SentFile; readonly version: Version | null }, HttpRefusal>>;
}): Implementation<Name> {
  return {
    replayBody: null,
    run: async (deps, call) => {
      const outcome = await parts.run(deps, call);
      return outcome.ok ? { ok: true, value: { ...outcome.value, body: null, headers: {} } } : outcome;
    },
  };
}

/** A route that runs a command. Its answer is shown twice: to the caller, and, without secrets, to a replay. */
export function changing<Name extends RouteName, T>(parts: {
  run(deps: HttpDeps, call: Call<Name>): Promise<Result<Committed<T>, HttpRefusal>>;
  present(value: T, view: View): AnswerOf<Name>;
  headers?(deps: HttpDeps, value: T): Readonly<Record<string, string>>;
}): Implementation<Name> {
  return {
    // The store keeps what the command returned: the very `T` of this route.
    replayBody: (value, at) => parts.present(value as T, { ...at, showsSecrets: false }),
    run: async (deps, call) => {
      const outcome = await parts.run(deps, call);
      if (!outcome.ok) return outcome;
      const { value, version } = outcome.value;
      const body = parts.present(value, { now: call.incoming.now, version, showsSecrets: true });
      return { ok: true, value: { body, version, headers: parts.headers?.(deps, value) ?? {} } };
    },
  };
}

/** A replay slot before it knows how to word its answer. */
export type ReplayDraft = Omit<ReplaySlot, 'answerOf'> & {
  /** The same under sealing keys that were in use before (K7). */
  readonly earlier: readonly Pick<ReplaySlot, 'keyMac' | 'bodyMac'>[];
};
