import { type Instant, type MailId, newMailId, plusMs } from '@claviger/core';
import type { NewMail, UndeliveredMail } from '@claviger/storage';
import { giveUpMail } from '../../commands/give-up-mail.ts';
import { type Scene, START } from '../../commands/testing/scene.ts';
import type { SmtpServer } from '../../config/mail-settings.ts';
import { composeMail } from '../compose-mail.ts';
import type { MailTemplate } from '../messages.ts';
import { createMailSender, type MailSender } from '../sender.ts';
import { type SmtpTimeouts, smtpTransport } from '../smtp-transport.ts';
import type { MailTransport } from '../transport.ts';
import { wordMail } from '../word-mail.ts';

/** Short enough for a test to wait for, long enough for a busy machine. */
const TIMEOUTS: SmtpTimeouts = { connectMs: 400, greetingMs: 400, silenceMs: 400, mailMs: 3_000, goodbyeMs: 200 };

/** A clock that moves when told to; its timers are real. */
export type HandClock = {
  pass(ms: number): void;
  /** How far the wall is ahead of the time that is certain, and whether that came about while the server ran. */
  setAhead(ms: number, isJumping: boolean): void;
  isJumping(): boolean;
  now(): Instant;
  storable(): Instant;
  monotonicMs(): number;
  after(ms: number, callback: () => void): () => void;
};

/** Makes a clock that starts with every scene. */
export function handClock(): HandClock {
  let passedMs = 0;
  let ahead = { ms: 0, isJumping: false };
  return {
    pass: (ms) => {
      passedMs += ms;
    },
    setAhead: (ms, isJumping) => {
      ahead = { ms, isJumping };
    },
    isJumping: () => ahead.isJumping,
    now: () => plusMs(START, passedMs + ahead.ms),
    storable: () => plusMs(START, passedMs),
    monotonicMs: () => passedMs,
    after: (ms, callback) => {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  };
}

/** Where mails go: by SMTP to a port on loopback. */
export function smtpTo(port: number, clock: HandClock, rest: Partial<SmtpServer> = {}): MailTransport {
  const server = { host: '127.0.0.1', port, isTls: false, credentials: null, ...rest };
  return smtpTransport({ server, host: 'keys.example', clock, timeouts: TIMEOUTS });
}

/** A sender over the store of a scene, with the real words. */
export function senderOf(scene: Scene, clock: HandClock, transport: MailTransport, logged: unknown[] = []): MailSender {
  const { deps } = scene;
  const from = { name: 'Claviger', address: 'claviger@keys.example' };
  const log = (...parts: readonly unknown[]): void => void logged.push(parts);
  return createMailSender({
    outbox: scene.store.outbox,
    clock,
    randomBytes: deps.randomBytes,
    transport,
    log: { info: log, warn: log, error: log },
    word: (mail, now) =>
      wordMail(
        { read: deps.read, sealer: deps.sealer, digestOf: deps.digestOf, origin: 'https://keys.example' },
        mail,
        now,
      ),
    compose: (mail, worded, now) =>
      composeMail(
        { from, host: 'keys.example' },
        { id: mail.id, recipient: mail.recipient, template: mail.template as MailTemplate, worded, now },
      ),
    giveUp: (mail, failure) => giveUpMail(deps, mail, { ...failure, now: clock.now(), storable: clock.storable() }),
  });
}

/** Queues mails that say that somebody is an administrator now. */
export async function queueMails(
  scene: Scene,
  clock: HandClock,
  { count = 1, ...rest }: Partial<NewMail> & { readonly count?: number } = {},
): Promise<readonly NewMail[]> {
  const mails = Array.from({ length: count }, (): NewMail => {
    const id: MailId = newMailId(scene.deps.randomBytes);
    return {
      id,
      accountId: scene.account.id,
      recipient: `${id}@acme.example`,
      template: 'user_type_changed',
      facts: { to: 'administrator', by: 'Olga', disabledKeys: [] },
      createdAt: clock.now(),
      dueAt: clock.now(),
      ...rest,
    };
  });
  await scene.arrange(async (change) => {
    for (const mail of mails) await change.outbox.add(mail);
  });
  return mails;
}

/** Everything of an account that is not delivered. */
export async function undelivered(scene: Scene, clock: HandClock): Promise<readonly UndeliveredMail[]> {
  const { items } = await scene.store.read((reader) =>
    reader.outbox.listUndelivered(scene.account.id, plusMs(clock.now(), 1), { cursor: null, limit: 100 }),
  );
  return items;
}

/** A signal that nobody gives. */
export function neverStop(): AbortSignal {
  return new AbortController().signal;
}
