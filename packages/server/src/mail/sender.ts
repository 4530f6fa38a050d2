import type { Instant, RandomBytes } from '@claviger/core';
import type { LeasedMail, Store } from '@claviger/storage';
import type { DecisionClock } from '../clock.ts';
import type { Log } from '../logs.ts';
import { nextAttempt, pauseMs } from './back-off.ts';
import type { WordedMail } from './layout.ts';
import type { ComposedMail, Delivery, MailLine, MailTransport } from './transport.ts';

/** What a sender is made of. */
export type SenderDeps = {
  readonly outbox: Store['outbox'];
  readonly clock: Pick<DecisionClock, 'now' | 'storable' | 'isJumping' | 'monotonicMs' | 'after'>;
  readonly randomBytes: RandomBytes;
  readonly transport: MailTransport;
  readonly log: Pick<Log, 'info' | 'warn' | 'error'>;
  /** Null when there is nothing left to tell (R7). */
  word(mail: LeasedMail, now: Instant): Promise<WordedMail | null>;
  compose(mail: LeasedMail, worded: WordedMail, now: Instant): Promise<ComposedMail>;
  /** Gives a mail up, in one change with what follows from it (R7). */
  giveUp(mail: LeasedMail, failure: { readonly subject: string; readonly answer: string }): Promise<void>;
};

/** Sends what is due. */
export type MailSender = {
  /** Sends one round: at most `MAILS_PER_ROUND`. Ends early, putting back what was not tried, when told to stop. */
  sendRound(stop: AbortSignal): Promise<void>;
};

/** Mails. With a second between rounds the rate that a process never exceeds, per second: a backlog is no storm (R5). */
export const MAILS_PER_ROUND = 50;
/** Connections at once: mail servers take a few from everybody. */
const LINES = 8;
/** Milliseconds. How long a sender holds a mail; one that died is followed by the next after this long (R4). */
export const LEASE_MS = 300_000;
/** Milliseconds before the end of a lease from which on nothing is begun: longer than one attempt takes. */
const LEASE_RESERVE_MS = 120_000;
/** Milliseconds. What is on its way when the server stops has this long to arrive. */
const STOP_MS = 5_000;
const LEASE_ID_BYTES = 12;

type Round = {
  readonly mails: LeasedMail[];
  readonly stop: AbortSignal;
  /** On the clock that never jumps. */
  readonly endsAtMs: number;
  /** What the server said when it took nothing. */
  unreachable: string | null;
  hasDelivered: boolean;
};

/**
 * Makes a sender. A server that takes nothing pauses the sender and costs no mail its patience: all wait for it, and it is
 * tried with one mail at a time until it is back. A mail that is refused for itself goes its own way.
 */
export function createMailSender(deps: SenderDeps): MailSender {
  let failures = 0;
  let resumeAtMs = 0;

  function learn(round: Round): void {
    if (round.unreachable === null) {
      if (failures > 0 && round.hasDelivered) deps.log.info({}, 'the mail server takes mails again');
      if (round.hasDelivered) failures = 0;
      return;
    }
    failures = round.hasDelivered ? 1 : failures + 1;
    const forMs = pauseMs(failures, () => shareOf(deps.randomBytes));
    resumeAtMs = deps.clock.monotonicMs() + forMs;
    const pause = { alarm: 'mail_server', answer: round.unreachable, failures, pauseMs: forMs };
    if (failures === 1) deps.log.error(pause, 'the mail server takes no mails: they wait until it does');
    else deps.log.warn(pause, 'the mail server still takes no mails');
  }

  return {
    sendRound: async (stop) => {
      const startedMs = deps.clock.monotonicMs();
      if (startedMs < resumeAtMs || stop.aborted) return;
      const mails = await leaseMails(deps, failures > 0 ? 1 : MAILS_PER_ROUND);
      if (mails.length === 0) return;
      const endsAtMs = startedMs + LEASE_MS - LEASE_RESERVE_MS;
      const round: Round = { mails: [...mails], stop, endsAtMs, unreachable: null, hasDelivered: false };
      await sendAll(deps, round);
      learn(round);
    },
  };
}

/**
 * The clock's time, but for a jump ahead that happened under this process and is not believed yet: then the time goes on as
 * before, so that no mail says less than is left. A server that was down goes by its clock at once, or what it is told to
 * send would wait until the clock is believed (E9, R5).
 */
function timeOf(clock: SenderDeps['clock']): Instant {
  return clock.isJumping() ? clock.storable() : clock.now();
}

function leaseMails({ outbox, clock, randomBytes }: SenderDeps, limit: number): Promise<readonly LeasedMail[]> {
  const now = timeOf(clock);
  const leaseId = Buffer.from(randomBytes(LEASE_ID_BYTES)).toString('base64url');
  return outbox.lease({ leaseId, now, until: (now + LEASE_MS) as Instant, limit });
}

async function sendAll(deps: SenderDeps, round: Round): Promise<void> {
  const lines = Array.from({ length: Math.min(LINES, round.mails.length) }, () => deps.transport.open());
  const letGo = cutAfterStop(deps, round.stop, lines);
  const ended = await Promise.allSettled(lines.map((line) => sendOnLine(deps, round, line)));
  letGo();
  for (const line of lines) line.close();
  for (const mail of round.mails) await deps.outbox.settle(mail, { kind: 'returned' });
  const broken = ended.find((end) => end.status === 'rejected');
  // The store did not answer: what was not settled comes again when its lease is over.
  if (broken !== undefined) throw broken.reason;
}

/** Nobody who stops the server waits for a mail server that does not answer. */
function cutAfterStop({ clock }: SenderDeps, stop: AbortSignal, lines: readonly MailLine[]): () => void {
  let cancel = (): void => undefined;
  const cutSoon = (): void => {
    cancel = clock.after(STOP_MS, () => lines.forEach((line) => line.cut()));
  };
  stop.addEventListener('abort', cutSoon, { once: true });
  return () => {
    stop.removeEventListener('abort', cutSoon);
    cancel();
  };
}

async function sendOnLine(deps: SenderDeps, round: Round, line: MailLine): Promise<void> {
  while (round.unreachable === null && !round.stop.aborted && deps.clock.monotonicMs() < round.endsAtMs) {
    const mail = round.mails.shift();
    if (mail === undefined) return;
    const delivery = await attempt(deps, mail, line);
    if (delivery === null) continue;
    if (delivery.kind === 'accepted') round.hasDelivered = true;
    if (delivery.kind === 'unreachable') round.unreachable = delivery.answer;
  }
}

/** One attempt, settled; null when there was nothing to send. */
async function attempt(deps: SenderDeps, mail: LeasedMail, line: MailLine): Promise<Delivery | null> {
  const now = timeOf(deps.clock);
  const prepared = await prepare(deps, mail, now);
  if (prepared === 'nothing-to-tell') {
    await deps.outbox.settle(mail, { kind: 'dropped', at: timeOf(deps.clock) });
    return null;
  }
  if (prepared === 'cannot-be-worded') {
    await postpone(deps, mail, { subject: mail.template, answer: 'its text could not be made', isRefused: true });
    return null;
  }
  const delivery = await line.deliver(prepared.composed);
  await settle(deps, mail, { subject: prepared.subject, delivery });
  return delivery;
}

type Prepared = { readonly composed: ComposedMail; readonly subject: string };

/** A mail whose text cannot be made is our own fault: it is told of, tried again like a refused one, and stops no other mail. */
async function prepare(
  deps: SenderDeps,
  mail: LeasedMail,
  now: Instant,
): Promise<Prepared | 'nothing-to-tell' | 'cannot-be-worded'> {
  try {
    const worded = await deps.word(mail, now);
    if (worded === null) return 'nothing-to-tell';
    return { composed: await deps.compose(mail, worded, now), subject: worded.subject };
  } catch (fault) {
    deps.log.error({ err: fault, mailId: mail.id, template: mail.template }, 'the text of a mail could not be made');
    return 'cannot-be-worded';
  }
}

async function settle(
  deps: SenderDeps,
  mail: LeasedMail,
  { subject, delivery }: { readonly subject: string; readonly delivery: Delivery },
): Promise<void> {
  const { answer } = delivery;
  switch (delivery.kind) {
    case 'accepted':
      await deps.outbox.settle(mail, { kind: 'delivered', at: timeOf(deps.clock), answer });
      return;
    case 'refused':
      if (delivery.isPermanent) return deps.giveUp(mail, { subject, answer });
      return postpone(deps, mail, { subject, answer, isRefused: true });
    case 'lost':
      return postpone(deps, mail, { subject, answer, isRefused: true });
    case 'unreachable':
      return postpone(deps, mail, { subject, answer, isRefused: false });
  }
}

async function postpone(
  deps: SenderDeps,
  mail: LeasedMail,
  failure: { readonly subject: string; readonly answer: string; readonly isRefused: boolean },
): Promise<void> {
  const { answer, isRefused } = failure;
  const at = timeOf(deps.clock);
  // While nothing goes out at all, it is the sender that waits; the mail is as due as all the others.
  const dueAt = isRefused ? nextAttempt(mail.firstRefusedAt, at, () => shareOf(deps.randomBytes)) : at;
  if (dueAt === null) return deps.giveUp(mail, failure);
  await deps.outbox.settle(mail, { kind: 'postponed', at, dueAt, answer, isRefused });
}

function shareOf(randomBytes: RandomBytes): number {
  return (randomBytes(1)[0] ?? 0) / 256;
}
