import type { AddressInfo } from 'node:net';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { SMTPServer, type SMTPServerSession } from 'smtp-server';

/** What goes wrong with a mail server, or null. */
export type MailFault =
  | 'greets with 421'
  | 'never greets'
  | 'refuses the sender'
  | 'defers the recipient'
  | 'refuses the recipient'
  | 'defers the content'
  | 'refuses the content'
  | 'drops before DATA'
  | 'drops after DATA'
  | 'hangs after DATA';

/** A mail as it arrived. */
export type Received = { readonly from: string; readonly recipient: string; readonly text: string };

/** A real SMTP server on loopback, with one fault at a time. */
export type MailServer = {
  readonly port: number;
  readonly received: Received[];
  fault: MailFault | null;
  /** How many connections there were, and the most at one time. */
  readonly connections: { count: number; most: number };
  /** How often somebody showed a password. */
  readonly signIns: number;
  /** Ends every connection, as a server does with idle ones. */
  hangUp(): void;
  close(): Promise<void>;
};

type Callback = (fault?: Error | null) => void;

/** Starts a server; with credentials it asks for them, and offers the self-signed TLS of its library. */
export async function startMailServer(
  credentials: { readonly user: string; readonly password: string } | null = null,
  hasTls = false,
): Promise<MailServer> {
  const state = {
    fault: null as MailFault | null,
    received: [] as Received[],
    connections: { count: 0, most: 0 },
    signIns: 0,
  };
  const server = new SMTPServer({
    authOptional: credentials === null,
    disabledCommands: hasTls ? [] : ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      state.signIns += 1;
      const isRight = username === credentials?.user && password === credentials?.password;
      done(isRight ? null : new Error('no such user'), isRight ? { user: username } : undefined);
    },
    onConnect: (_session, done) => {
      state.connections.count += 1;
      state.connections.most = Math.max(state.connections.most, openSockets(server).size);
      if (state.fault === 'greets with 421') done(answer(421, 'too busy'));
      else if (state.fault !== 'never greets') done();
    },
    onMailFrom: (_address, _session, done) =>
      done(state.fault === 'refuses the sender' ? answer(550, 'who are you?') : undefined),
    onRcptTo: (_address, session, done: Callback) => onRecipient(state.fault, { server, session, done }),
    onData: (stream, session, done) => {
      void onContent(state, { server, stream, session, done });
    },
  });
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of openSockets(server).values()) socket.destroy();
      server.close(() => resolve());
    });
  const hangUp = (): void => {
    for (const socket of openSockets(server).values()) socket.end();
  };
  return Object.assign(state, { port, hangUp, close });
}

function onRecipient(
  fault: MailFault | null,
  on: { readonly server: SMTPServer; readonly session: SMTPServerSession; readonly done: Callback },
): void {
  if (fault === 'drops before DATA') openSockets(on.server).get(on.session.id)?.destroy();
  else if (fault === 'defers the recipient') on.done(answer(451, 'come back later'));
  else if (fault === 'refuses the recipient') on.done(answer(550, 'no such mailbox'));
  else on.done();
}

async function onContent(
  state: { readonly fault: MailFault | null; readonly received: Received[] },
  on: {
    readonly server: SMTPServer;
    readonly stream: Readable;
    readonly session: SMTPServerSession;
    readonly done: Callback;
  },
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of on.stream) parts.push(part as Buffer);
  const { fault } = state;
  if (fault === 'defers the content') return on.done(answer(452, 'no room'));
  if (fault === 'refuses the content') return on.done(answer(554, 'looks like spam'));
  const { mailFrom, rcptTo } = on.session.envelope;
  const from = mailFrom === false ? '' : mailFrom.address;
  const recipient = rcptTo[0]?.address ?? '';
  state.received.push({ from, recipient, text: Buffer.concat(parts).toString('utf8') });
  if (fault === 'drops after DATA') openSockets(on.server).get(on.session.id)?.destroy();
  else if (fault !== 'hangs after DATA') on.done();
}

function answer(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}

/** The sockets of a server, by session: its library knows them, and its types do not. */
function openSockets(server: SMTPServer): ReadonlyMap<string, Socket> {
  const { connections } = server as unknown as {
    readonly connections: ReadonlySet<{ readonly id: string; readonly _socket: Socket }>;
  };
  return new Map([...connections].map((connection) => [connection.id, connection._socket]));
}
