import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** An answer as it came over the wire. */
export type RawAnswer = {
  readonly status: number;
  /** Names in lower case; a repeated header keeps its last value. */
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
};

/** A TCP connection that sends exactly the bytes it is given. */
export type RawConnection = {
  send(bytes: string | Buffer): void;
  /** Says that no more bytes will come; answers still arrive. */
  end(): void;
  /** The next whole answer, or null when the other side closed without one. */
  answer(): Promise<RawAnswer | null>;
  isOpen(): boolean;
  /** Resolves once the other side has closed. */
  readonly closed: Promise<void>;
  close(): void;
};

const HEAD_END = Buffer.from('\r\n\r\n');

/** Connects to a port of this machine, from any of its own addresses. */
export async function connectRaw(port: number, from = '127.0.0.1'): Promise<RawConnection> {
  const socket = connect({ port, host: '127.0.0.1', localAddress: from, noDelay: true });
  await once(socket, 'connect');
  return rawConnectionOf(socket);
}

/** Sends bytes over a new connection and answers with what came back first. */
export async function exchange(port: number, bytes: string | Buffer, from?: string): Promise<RawAnswer | null> {
  const connection = await connectRaw(port, from);
  connection.send(bytes);
  const answer = await connection.answer();
  connection.close();
  return answer;
}

function rawConnectionOf(socket: Socket): RawConnection {
  let received: Buffer = Buffer.alloc(0);
  let isClosed = false;
  let wake: () => void = () => undefined;
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    wake();
  });
  // A reset is one of the ways in which a server may close on hostile bytes.
  socket.on('error', () => undefined);
  const closed = once(socket, 'close').then(() => {
    isClosed = true;
    wake();
  });
  const answer = async (): Promise<RawAnswer | null> => {
    for (;;) {
      const parsed = parseAnswer(received, isClosed);
      if (parsed !== null) {
        received = received.subarray(parsed.length);
        return parsed.answer;
      }
      if (isClosed) return null;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return {
    // Who hangs up first is open: bytes for a closed connection go nowhere.
    send: (bytes) => void (socket.writable && socket.write(bytes)),
    end: () => void socket.end(),
    answer,
    isOpen: () => !isClosed,
    closed,
    close: () => void socket.destroy(),
  };
}

/** Reads one whole answer from the start of the bytes, or null when more must come. */
function parseAnswer(bytes: Buffer, isAll: boolean): { readonly answer: RawAnswer; readonly length: number } | null {
  const end = bytes.indexOf(HEAD_END);
  if (end < 0) return null;
  const [statusLine = '', ...lines] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  const start = end + HEAD_END.length;
  const status = Number(statusLine.split(' ')[1]);
  const body = readBody(bytes, start, { headers, status, isAll });
  return body === null ? null : { answer: { status, headers, body: body.text }, length: body.end };
}

type Framing = { readonly headers: ReadonlyMap<string, string>; readonly status: number; readonly isAll: boolean };

function readBody(
  bytes: Buffer,
  start: number,
  framing: Framing,
): { readonly text: string; readonly end: number } | null {
  const { headers, status, isAll } = framing;
  if (status === 204 || status === 304 || status < 200) return { text: '', end: start };
  if (headers.get('transfer-encoding') === 'chunked') return readChunks(bytes, start);
  const length = headers.get('content-length');
  if (length === undefined) return isAll ? { text: bytes.toString('utf8', start), end: bytes.length } : null;
  const end = start + Number(length);
  return bytes.length < end ? null : { text: bytes.toString('utf8', start, end), end };
}

function readChunks(bytes: Buffer, start: number): { readonly text: string; readonly end: number } | null {
  const parts: Buffer[] = [];
  for (let at = start; ; ) {
    const lineEnd = bytes.indexOf('\r\n', at);
    if (lineEnd < 0) return null;
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    const next = lineEnd + 2 + size + 2;
    if (bytes.length < next) return null;
    if (size === 0) return { text: Buffer.concat(parts).toString('utf8'), end: next };
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = next;
  }
}
