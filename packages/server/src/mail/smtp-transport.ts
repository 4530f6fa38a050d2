import SmtpConnection from 'nodemailer/lib/smtp-connection';
import type { DecisionClock } from '../clock.ts';
import type { SmtpServer } from '../config/mail-settings.ts';
import { answerText, type ComposedMail, type Delivery, type MailLine, type MailTransport } from './transport.ts';

/** Milliseconds after which a mail server that says nothing counts as away. */
export type SmtpTimeouts = {
  readonly connectMs: number;
  readonly greetingMs: number;
  /** Silence in the middle of a conversation. */
  readonly silenceMs: number;
  /** For one mail as a whole: a server that answers a letter at a time is no server either. */
  readonly mailMs: number;
  /** For a goodbye. */
  readonly goodbyeMs: number;
};

/** What is given to a server in earnest. */
export const SMTP_TIMEOUTS: SmtpTimeouts = {
  connectMs: 15_000,
  greetingMs: 30_000,
  silenceMs: 60_000,
  mailMs: 90_000,
  goodbyeMs: 2_000,
};

export type SmtpDeps = {
  readonly server: SmtpServer;
  /** The name by which we introduce ourselves. */
  readonly host: string;
  readonly clock: Pick<DecisionClock, 'after'>;
  readonly timeouts: SmtpTimeouts;
};

/** Sends by SMTP (RFC 5321). A connection serves one mail after the other. */
export function smtpTransport(deps: SmtpDeps): MailTransport {
  return { open: () => openLine(deps) };
}

function openLine(deps: SmtpDeps): MailLine {
  let talk: Talk | null = null;

  /** A conversation that is known to go on: one that the server has ended in the meantime is begun anew. */
  async function ready(): Promise<Talk> {
    if (talk !== null && (await isAlive(talk))) return talk;
    talk?.connection.close();
    talk = newTalk(deps);
    await greet(deps, talk);
    return talk;
  }

  function drop(): void {
    talk?.connection.close();
    talk = null;
  }

  return {
    deliver: async (mail) => {
      // A server that answers a letter at a time is cut off like one that says nothing.
      const cancel = deps.clock.after(deps.timeouts.mailMs, () => talk?.connection.close());
      try {
        const delivery = await send(await ready(), mail);
        if (delivery.kind === 'lost' || delivery.kind === 'unreachable') drop();
        return delivery;
      } catch (fault) {
        drop();
        return { kind: 'unreachable', answer: answerOf(fault) };
      } finally {
        cancel();
      }
    },
    close: () => {
      if (talk !== null) sayGoodbye(deps, talk);
      talk = null;
    },
    cut: () => talk?.connection.close(),
  };
}

/** A connection, and the promise of its end: with the fault that ended it, if one did. */
type Talk = { readonly connection: SmtpConnection; readonly ended: Promise<Error> };

function newTalk({ server, host, timeouts }: SmtpDeps): Talk {
  const connection = new SmtpConnection({
    host: server.host,
    port: server.port,
    secure: server.isTls,
    // A password, and the mails of whoever has one, never travel in clear because somebody on the way says "no TLS here".
    requireTLS: !server.isTls && server.credentials !== null,
    name: host,
    connectionTimeout: timeouts.connectMs,
    greetingTimeout: timeouts.greetingMs,
    socketTimeout: timeouts.silenceMs,
    tls: { minVersion: 'TLSv1.2' },
  });
  const ended = new Promise<Error>((resolve) => {
    connection.on('error', resolve);
    connection.on('end', () => resolve(new Error('the mail server hung up')));
  });
  return { connection, ended };
}

/** Connects, begins TLS and signs in. */
async function greet({ server: { credentials } }: SmtpDeps, { connection, ended }: Talk): Promise<void> {
  const isConnected = asked<undefined>((done) => connection.connect((fault) => done(fault ?? null, undefined)));
  await orEnded(ended, isConnected);
  if (credentials === null) return;
  const { user, password } = credentials;
  await orEnded(
    ended,
    asked<boolean | undefined>((done) => connection.login({ credentials: { user, pass: password.reveal() } }, done)),
  );
}

function isAlive({ connection, ended }: Talk): Promise<boolean> {
  const isReset = asked<boolean | undefined>((done) => connection.reset(done));
  return orEnded(ended, isReset).then(
    () => true,
    () => false,
  );
}

async function send({ connection, ended }: Talk, mail: ComposedMail): Promise<Delivery> {
  const envelope = { from: mail.from, to: [mail.recipient] };
  try {
    const sent = await orEnded(
      ended,
      asked<{ readonly response: string }>((done) => connection.send(envelope, mail.bytes, done)),
    );
    return { kind: 'accepted', answer: answerText(sent.response) };
  } catch (fault) {
    return refusalOf(fault as SmtpFault);
  }
}

/** A call with a callback, as a promise. */
function asked<T>(call: (done: (fault: Error | null, value: T) => void) => void): Promise<T> {
  return new Promise((resolve, reject) => call((fault, value) => (fault === null ? resolve(value) : reject(fault))));
}

/** The outcome, or the fault that ended the conversation before there was one. */
function orEnded<T>(ended: Promise<Error>, outcome: Promise<T>): Promise<T> {
  return Promise.race([outcome, ended.then((fault) => Promise.reject(fault))]);
}

type SmtpFault = Error & { readonly command?: string | undefined; readonly responseCode?: number | undefined };

/** Who the server says no to: to the sender, which stands for all mails, or to this mail. Silence says nothing. */
function refusalOf(fault: SmtpFault): Delivery {
  const answer = answerOf(fault);
  const { responseCode, command } = fault;
  if (responseCode === undefined) return { kind: 'lost', answer };
  if (command === 'MAIL FROM') return { kind: 'unreachable', answer };
  return { kind: 'refused', isPermanent: responseCode >= 500, answer };
}

function sayGoodbye({ clock, timeouts }: SmtpDeps, { connection, ended }: Talk): void {
  const cancel = clock.after(timeouts.goodbyeMs, () => connection.close());
  void ended.then(cancel);
  connection.quit();
}

function answerOf(fault: unknown): string {
  if (!(fault instanceof Error)) return 'no answer';
  if ('code' in fault && fault.code === 'ETIMEDOUT') return 'the mail server did not answer in time';
  const reply = 'response' in fault && typeof fault.response === 'string' ? fault.response : fault.message;
  return answerText(reply);
}
