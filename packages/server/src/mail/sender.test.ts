import { DAY_MS, MINUTE_MS } from '@claviger/core';
import { openSqlite } from '@claviger/storage';
import { afterEach, expect, test } from 'vitest';
import { openInstallation } from '../commands/testing/installation.ts';
import { openScene } from '../commands/testing/scene.ts';
import { LEASE_MS, MAILS_PER_ROUND } from './sender.ts';
import { type MailFault, type MailServer, startMailServer } from './testing/mail-server.ts';
import { handClock, neverStop, queueMails, senderOf, smtpTo, undelivered } from './testing/post-office.ts';
import type { ComposedMail, MailTransport } from './transport.ts';

/** Mails; 10,000 in ten minutes are 17 a second. */
const BACKLOG = process.env['RELIABILITY'] === 'full' ? 10_000 : 1_000;

let closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.toReversed()) await close();
  closing = [];
});

/** A sender serves all accounts of an installation: each test has one of its own. */
async function openOffice() {
  const installation = await openInstallation('mail sender', openSqlite);
  closing.push(() => installation.close());
  return { scene: await openScene(installation), clock: handClock() };
}

async function openMailServer(): Promise<MailServer> {
  const server = await startMailServer();
  closing.push(() => server.close());
  return server;
}

/** An account, a real mail server, and a sender between them; time passes when told to. */
async function open() {
  const { scene, clock } = await openOffice();
  const server = await openMailServer();
  const logged: unknown[] = [];
  const sender = senderOf(scene, clock, smtpTo(server.port, clock), logged);
  const round = (): Promise<void> => sender.sendRound(neverStop());
  const again = async (ms: number): Promise<void> => {
    clock.pass(ms);
    await round();
  };
  return { scene, clock, server, sender, round, again, logged };
}

const messageIds = (from: MailServer): readonly string[] =>
  from.received.map(({ text }) => /^Message-ID: (.*)$/im.exec(text)?.[1] ?? '');

test('a mail that is due leaves once, to whom it is for', async () => {
  const { scene, clock, server: mailbox, round, again } = await open();
  const [mail] = await queueMails(scene, clock);
  await round();
  await again(DAY_MS);
  expect(mailbox.received.map(({ from, recipient }) => [from, recipient])).toEqual([
    ['claviger@keys.example', mail?.recipient],
  ]);
  expect(messageIds(mailbox)).toEqual([`<${mail?.id}@keys.example>`]);
  expect(await undelivered(scene, clock)).toEqual([]);
});

// What a server does to one mail: the mail waits a minute, the others go on.
test.each<{ fault: MailFault; answer: RegExp; copies: number }>([
  { fault: 'defers the recipient', answer: /451 .*come back later/, copies: 0 },
  { fault: 'defers the content', answer: /452 .*no room/, copies: 0 },
  { fault: 'drops before DATA', answer: /closed|hung up|ECONNRESET/, copies: 0 },
  { fault: 'drops after DATA', answer: /closed|hung up|ECONNRESET/, copies: 1 },
  { fault: 'hangs after DATA', answer: /in time/, copies: 1 },
])(
  'a server that $fault gets the mail again, under the same Message-ID (R4, Q10)',
  async ({ fault, answer, copies }) => {
    const { scene, clock, server: mailbox, round, again, logged } = await open();
    const [mail] = await queueMails(scene, clock);
    mailbox.fault = fault;
    await round();
    const [waiting] = await undelivered(scene, clock);
    expect(waiting).toMatchObject({
      id: mail?.id,
      attempts: 1,
      failedAt: null,
      lastAnswer: expect.stringMatching(answer),
    });
    expect(logged).toEqual([]);
    mailbox.fault = null;
    await again(30_000);
    expect(mailbox.received).toHaveLength(copies);
    await again(30_000);
    expect(mailbox.received).toHaveLength(copies + 1);
    expect(new Set(messageIds(mailbox)).size).toBe(1);
    expect(await undelivered(scene, clock)).toEqual([]);
  },
);

// What a server does to everybody: the sender waits, and no mail loses its patience.
test.each<{ fault: MailFault; answer: RegExp }>([
  { fault: 'greets with 421', answer: /421 .*too busy/ },
  { fault: 'never greets', answer: /in time/ },
  { fault: 'refuses the sender', answer: /550 .*who are you/ },
])('a server that $fault is left in peace, and nothing is given up (R7, Q10)', async ({ fault, answer }) => {
  const { scene, clock, server: mailbox, round, again, logged } = await open();
  await queueMails(scene, clock, { count: 12 });
  mailbox.fault = fault;
  await round();
  const tried = (await undelivered(scene, clock)).filter((mail) => mail.attempts > 0);
  expect(tried.length).toBeLessThanOrEqual(8);
  for (const mail of tried) expect(mail.lastAnswer).toMatch(answer);
  expect(JSON.stringify(logged)).toContain('mail_server');
  const { count } = mailbox.connections;
  await again(1_000);
  expect(mailbox.connections.count).toBe(count);
  await again(30_000);
  expect(mailbox.connections.count).toBe(count + 1);
  mailbox.fault = null;
  await again(3 * MINUTE_MS);
  expect(mailbox.received).toHaveLength(1);
  await again(1_000);
  expect(mailbox.received).toHaveLength(12);
  expect(await undelivered(scene, clock)).toEqual([]);
});

test('a server that refuses connections is left in peace; its mails wait for 3 days and leave in minutes (Q11)', async () => {
  const { scene, clock } = await openOffice();
  await queueMails(scene, clock, { count: 90 });
  const gone = await startMailServer();
  await gone.close();
  const sender = senderOf(scene, clock, smtpTo(gone.port, clock));
  for (let passed = 0; passed < 3 * DAY_MS; passed += 60 * MINUTE_MS) {
    clock.pass(60 * MINUTE_MS);
    await sender.sendRound(neverStop());
  }
  const waiting = await undelivered(scene, clock);
  expect(waiting.filter((mail) => mail.failedAt !== null)).toEqual([]);
  expect(waiting.some((mail) => /ECONNREFUSED/.test(mail.lastAnswer ?? ''))).toBe(true);
  const server = await openMailServer();
  const back = senderOf(scene, clock, smtpTo(server.port, clock));
  let seconds = 0;
  while ((await undelivered(scene, clock)).length > 0 && seconds < 600) {
    clock.pass(1_000);
    seconds += 1;
    await back.sendRound(neverStop());
  }
  expect(server.received).toHaveLength(90);
  expect(seconds).toBe(2);
});

test.each<{ fault: MailFault; answer: RegExp }>([
  { fault: 'refuses the recipient', answer: /550 .*no such mailbox/ },
  { fault: 'refuses the content', answer: /554 .*looks like spam/ },
])(
  'a server that $fault is believed: the mail is given up, on record, and the Owner is told (R7)',
  async ({ fault, answer }) => {
    const { scene, clock, server: mailbox, round, again } = await open();
    const [mail] = await queueMails(scene, clock);
    mailbox.fault = fault;
    await round();
    const failed = (await undelivered(scene, clock)).find((each) => each.failedAt !== null);
    expect(failed).toMatchObject({ id: mail?.id, failedAt: clock.now(), nextAttemptAt: null });
    expect(failed?.lastAnswer).toMatch(answer);
    const [event, ...others] = scene.eventsSince();
    expect(event).toMatchObject({ event_name: 'mail.failed', resource_id: mail?.id, result: 'success' });
    expect(event?.actor).toContain('"mail"');
    expect(others).toEqual([]);
    mailbox.fault = null;
    await again(1_000);
    const olga = await scene.person('olga');
    expect(mailbox.received.map(({ recipient }) => recipient)).toEqual([olga.email]);
    expect(mailbox.received[0]?.text).toContain(mail?.recipient);
  },
);

test('no mail tells of a failed mail about a failed mail, or of one to the Owner; several failures make one mail (R7)', async () => {
  const { scene, clock, server: mailbox, round, again } = await open();
  const olga = await scene.person('olga');
  mailbox.fault = 'refuses the recipient';
  await queueMails(scene, clock, { recipient: olga.email?.toUpperCase() ?? '' });
  await round();
  expect(await undelivered(scene, clock)).toHaveLength(1);
  await queueMails(scene, clock, { count: 30 });
  await again(1_000);
  expect(await undelivered(scene, clock)).toHaveLength(32);
  await again(1_000);
  await again(DAY_MS);
  const all = await undelivered(scene, clock);
  expect(all.filter((mail) => mail.failedAt !== null)).toHaveLength(32);
  expect(all.filter((mail) => mail.template === 'mail_failed')).toHaveLength(1);
});

test('a mail that is refused again and again is tried less and less often, and given up after five days (R7)', async () => {
  const { scene, clock, server: mailbox, round } = await open();
  mailbox.fault = 'defers the recipient';
  await queueMails(scene, clock);
  await round();
  const waits: number[] = [];
  let [mail] = await undelivered(scene, clock);
  while (mail !== undefined && mail.nextAttemptAt !== null) {
    const waitMs = mail.nextAttemptAt - clock.now();
    waits.push(waitMs);
    clock.pass(waitMs);
    await round();
    [mail] = (await undelivered(scene, clock)).filter((each) => each.template !== 'mail_failed');
  }
  expect(mail?.failedAt).not.toBeNull();
  expect(Math.min(...waits)).toBeGreaterThanOrEqual(45_000);
  expect(Math.max(...waits)).toBeLessThanOrEqual(360 * MINUTE_MS);
  const totalMs = waits.reduce((sum, ms) => sum + ms, 0);
  expect(totalMs).toBeGreaterThanOrEqual(5 * DAY_MS);
  expect(totalMs).toBeLessThan(5.25 * DAY_MS + MINUTE_MS);
  expect(waits.length).toBeLessThan(45);
}, 60_000);

test('a mail that nobody can word stops no other mail, and its facts are not logged', async () => {
  const { scene, clock, server: mailbox, round, logged } = await open();
  const [broken] = await queueMails(scene, clock, { template: 'of_tomorrow', facts: { canary: 'canary-fact' } });
  await queueMails(scene, clock);
  await round();
  expect(mailbox.received).toHaveLength(1);
  expect(await undelivered(scene, clock)).toMatchObject([{ id: broken?.id, attempts: 1 }]);
  expect(JSON.stringify(logged)).not.toContain('canary-fact');
});

test('two senders share the work: nothing is lost and nothing sent twice, though one dies in the middle (R4, Q10)', async () => {
  const { scene, clock, server: mailbox, sender } = await open();
  await queueMails(scene, clock, { count: 120 });
  const dying = senderOf(scene, clock, deadAfter(5, smtpTo(mailbox.port, clock)));
  void dying.sendRound(neverStop());
  for (let count = 0; count < 4; count += 1) {
    await sender.sendRound(neverStop());
    clock.pass(1_000);
  }
  const before = mailbox.received.length;
  expect(before).toBeLessThan(120);
  clock.pass(LEASE_MS);
  for (let count = 0; count < 4; count += 1) {
    await sender.sendRound(neverStop());
    clock.pass(1_000);
  }
  expect(new Set(messageIds(mailbox)).size).toBe(120);
  expect(mailbox.received).toHaveLength(120);
  expect(await undelivered(scene, clock)).toEqual([]);
});

test('a sender that is told to stop puts back what it has not tried', async () => {
  const { scene, clock, server: mailbox } = await open();
  await queueMails(scene, clock, { count: 40 });
  const stop = new AbortController();
  const inner = smtpTo(mailbox.port, clock);
  const sender = senderOf(scene, clock, { open: () => stoppingLine(inner, () => stop.abort()) });
  await sender.sendRound(stop.signal);
  expect(mailbox.received.length).toBeLessThanOrEqual(8);
  const left = await undelivered(scene, clock);
  expect(left.filter((mail) => mail.attempts === 0).length).toBe(40 - mailbox.received.length);
  await senderOf(scene, clock, inner).sendRound(neverStop());
  expect(mailbox.received).toHaveLength(40);
});

test('a backlog leaves at a pace of 10,000 mails in ten minutes or faster, and not at once (R5, Q11)', async () => {
  const { scene, clock } = await openOffice();
  await queueMails(scene, clock, { count: BACKLOG });
  const perSecond: number[] = [];
  const ids = new Set<string>();
  const sender = senderOf(
    scene,
    clock,
    instantTransport((mail) => ids.add(mail.id)),
  );
  for (let seconds = 0; ids.size < BACKLOG && seconds < (BACKLOG / 10_000) * 600; seconds += 1) {
    const before = ids.size;
    await sender.sendRound(neverStop());
    perSecond.push(ids.size - before);
    clock.pass(1_000);
  }
  expect(ids.size).toBe(BACKLOG);
  expect(Math.max(...perSecond)).toBeLessThanOrEqual(MAILS_PER_ROUND);
}, 120_000);

/** Takes everything at once: what is looked at is the sender's own pace. */
function instantTransport(seen: (mail: ComposedMail) => void): MailTransport {
  const deliver = async (mail: ComposedMail) => {
    seen(mail);
    return { kind: 'accepted', answer: '250 OK' } as const;
  };
  return { open: () => ({ deliver, close: () => undefined, cut: () => undefined }) };
}

/** A process that dies after some mails: from then on nothing of it is heard, and nothing of it settles. */
function deadAfter(count: number, transport: MailTransport): MailTransport {
  let left = count;
  return {
    open: () => {
      const line = transport.open();
      return {
        ...line,
        deliver: (mail) => {
          left -= 1;
          return left >= 0 ? line.deliver(mail) : new Promise(() => undefined);
        },
      };
    },
  };
}

function stoppingLine(transport: MailTransport, stop: () => void) {
  const line = transport.open();
  return {
    ...line,
    deliver: (mail: ComposedMail) => {
      stop();
      return line.deliver(mail);
    },
  };
}
