import {
  IDEMPOTENCY_KEPT_MS,
  IDEMPOTENCY_KEY_LONGEST,
  IDEMPOTENCY_KEY_SHORTEST,
  ok,
  plusMs,
  refuse,
  type Result,
} from '@claviger/core';
import { type StoredAnswer, StoreFault } from '@claviger/storage';
import type { Caller, CommandDeps } from '../commands/deps.ts';
import type { Sealer } from '../sealing.ts';
import type { Answered, ReplayDraft } from './call.ts';
import type { HttpRefusal, RepetitionRefusal } from './http-refusal.ts';
import type { Incoming } from './incoming.ts';
import { headerValues } from './origin-check.ts';

/** What making a repetition answer as the first time takes. */
export type IdempotencyDeps = {
  readonly commands: Pick<CommandDeps, 'read'>;
  readonly sealer: Pick<Sealer, 'macs'>;
};

/** An answer made just now, or the one that was given the first time. */
export type RepeatableAnswer =
  | { readonly kind: 'made'; readonly answered: Answered }
  | { readonly kind: 'replayed'; readonly answer: StoredAnswer };

const VISIBLE_ASCII = new RegExp(`^[!-~]{${IDEMPOTENCY_KEY_SHORTEST},${IDEMPOTENCY_KEY_LONGEST}}$`);

/**
 * Reads the `Idempotency-Key` of a request; null without one. Key and body are kept as HMACs only. The slot belongs to the very
 * path, ids included: one key used on two things is two requests.
 */
export function draftReplay(
  deps: IdempotencyDeps,
  incoming: Incoming,
  { caller, body }: { readonly caller: Caller; readonly body: unknown },
): Result<ReplayDraft | null, RepetitionRefusal> {
  const [key, second] = headerValues(incoming.rawHeaders, 'idempotency-key');
  if (key === undefined) return ok(null);
  if (second !== undefined || !VISIBLE_ASCII.test(key)) return refuse({ kind: 'malformed-idempotency-key' });
  const { credential } = caller;
  const keyMacs = deps.sealer.macs('idempotency-key', key);
  const bodyMacs = deps.sealer.macs('idempotency-body', JSON.stringify(body ?? {}));
  const slots = keyMacs.map((keyMac, at) => ({ keyMac, bodyMac: bodyMacs[at] ?? '' }));
  return ok({
    credentialId: credential.kind === 'session' ? credential.sessionId : credential.keyId,
    route: `${incoming.method} ${incoming.path}`,
    keyMac: keyMacs[0] ?? '',
    bodyMac: bodyMacs[0] ?? '',
    earlier: slots.slice(1),
    expiresAt: plusMs(incoming.now, IDEMPOTENCY_KEPT_MS),
  });
}

/** Runs requests under their Idempotency-Keys, each key once at a time in this process; the store keeps other processes apart. */
export function createIdempotency(deps: IdempotencyDeps) {
  const running = new Set<string>();
  return async (
    draft: ReplayDraft,
    incoming: Incoming,
    make: () => Promise<Result<Answered, HttpRefusal>>,
  ): Promise<Result<RepeatableAnswer, HttpRefusal>> => {
    const slot = JSON.stringify([draft.credentialId, draft.route, draft.keyMac]);
    if (running.has(slot)) return refuse({ kind: 'idempotency-key-in-use' });
    running.add(slot);
    try {
      return (await findAnswer(deps, draft, incoming)) ?? (await makeAnswer(deps, draft, { incoming, make }));
    } finally {
      running.delete(slot);
    }
  };
}

async function findAnswer(
  deps: IdempotencyDeps,
  draft: ReplayDraft,
  incoming: Incoming,
): Promise<Result<RepeatableAnswer, HttpRefusal> | null> {
  const { credentialId, route } = draft;
  for (const { keyMac, bodyMac } of [draft, ...draft.earlier]) {
    const slot = { credentialId, route, keyMac };
    const replay = await deps.commands.read((reader) => reader.findReplay(slot, incoming.now));
    if (replay === null) continue;
    if (replay.bodyMac !== bodyMac) return refuse({ kind: 'idempotency-key-reused' });
    return ok({ kind: 'replayed', answer: replay.answer });
  }
  return null;
}

async function makeAnswer(
  deps: IdempotencyDeps,
  draft: ReplayDraft,
  request: { readonly incoming: Incoming; make(): Promise<Result<Answered, HttpRefusal>> },
): Promise<Result<RepeatableAnswer, HttpRefusal>> {
  try {
    const made = await request.make();
    return made.ok ? ok({ kind: 'made', answered: made.value }) : made;
  } catch (fault) {
    // Another node was faster by a moment: this change was rolled back, and the other's answer is the one.
    const isTaken = fault instanceof StoreFault && fault.kind === 'replay-taken';
    const found = isTaken ? await findAnswer(deps, draft, request.incoming) : null;
    if (found === null) throw fault;
    return found;
  }
}
