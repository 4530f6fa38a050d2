import type { AddressInfo } from 'node:net';
import type { Readable } from 'node:stream';
import { type ParsedMail, simpleParser } from 'mailparser';
import { SMTPServer } from 'smtp-server';

/** A mail server that takes everything and keeps it. */
export type Mailbox = {
  readonly port: number;
  readonly mails: readonly ParsedMail[];
  close(): Promise<void>;
};

/** Opens a mail server on loopback, on a port of its own or a given one. */
export async function openMailbox(port = 0): Promise<Mailbox> {
  const mails: ParsedMail[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      void keep(stream, mails).then((fault) => setImmediate(done, fault));
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

async function keep(stream: Readable, mails: ParsedMail[]): Promise<Error | null> {
  try {
    mails.push(await simpleParser(stream));
    return null;
  } catch (fault) {
    return fault instanceof Error ? fault : new Error('a mail that nobody can read', { cause: fault });
  }
}
