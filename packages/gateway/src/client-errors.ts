import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { DataPlaneDeps } from './data-plane-deps.ts';
import { methodNotAllowed, type Problem, problem, problemJson } from './problems.ts';

/** Milliseconds that somebody who was told of an error may go on sending, so that the answer is read and not reset. */
const LINGER_MS = 1_000;

/** Methods that some path of the data plane takes by name; forward auth takes any. */
const METHODS = ['GET', 'HEAD', 'POST'] as const;

const HEADERS_TOO_LARGE = problem(
  'headers_too_large',
  'The request line and headers are larger than this server reads.',
);
const REQUEST_TIMEOUT = problem('request_timeout', 'The request did not arrive in time.');
const MALFORMED_REQUEST = problem('malformed_request', 'The request is not HTTP/1.1 that this server can read.');

/** Answers what never became a request, on the bare socket. */
export type ClientErrors = {
  /** For `clientError` of node:http. */
  readonly onClientError: (error: Error & { code?: string; rawPacket?: Buffer }, socket: Duplex) => void;
  /** For `connect`: a CONNECT is no request to any path of ours. */
  readonly onConnect: (socket: Duplex) => void;
};

/** `isOwed` says that an earlier answer on the connection is still to come: nothing may be written before it. */
export function createClientErrors(
  deps: Pick<DataPlaneDeps, 'clock' | 'publicUrl'>,
  newRequestId: () => string,
  isOwed: (socket: Duplex) => boolean,
): ClientErrors {
  const answered = new WeakSet<Duplex>();

  function answer(socket: Duplex, refused: Problem): void {
    if (answered.has(socket)) return;
    answered.add(socket);
    if (!socket.writable || isOwed(socket)) {
      socket.destroy();
      return;
    }
    const cancel = deps.clock.after(LINGER_MS, () => socket.destroy());
    socket.once('close', cancel);
    socket.once('error', () => socket.destroy());
    socket.end(rawAnswer(refused, newRequestId(), deps.publicUrl), 'latin1');
  }

  return {
    onClientError: (error, socket) => {
      if (error.code === 'ECONNRESET' || error.code === 'EPIPE') socket.destroy();
      else answer(socket, problemOf(error));
    },
    onConnect: (socket) => answer(socket, methodNotAllowed(METHODS)),
  };
}

function problemOf(error: { readonly code?: string; readonly rawPacket?: Buffer }): Problem {
  switch (error.code ?? '') {
    case 'HPE_HEADER_OVERFLOW':
      return HEADERS_TOO_LARGE;
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return REQUEST_TIMEOUT;
    case 'HPE_INVALID_METHOD':
      // The parser knows the registered methods alone; a request line with another word is still a request.
      return isRequestLine(error.rawPacket) ? methodNotAllowed(METHODS) : MALFORMED_REQUEST;
    default:
      return MALFORMED_REQUEST;
  }
}

function isRequestLine(packet: Buffer | undefined): boolean {
  return (
    packet !== undefined &&
    /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32} \S+ HTTP\/1\.[01]\r?\n/.test(packet.toString('latin1', 0, 512))
  );
}

function rawAnswer(refused: Problem, requestId: string, publicUrl: string): string {
  const body = problemJson(refused, requestId, publicUrl);
  const headers = [
    'Content-Type',
    'application/problem+json',
    'Content-Length',
    String(body.length),
    'Request-Id',
    requestId,
    'Cache-Control',
    'no-store',
    'Connection',
    'close',
    ...refused.headers,
  ];
  let head = `HTTP/1.1 ${refused.status} ${STATUS_CODES[refused.status] ?? ''}\r\n`;
  for (let index = 0; index + 1 < headers.length; index += 2) head += `${headers[index]}: ${headers[index + 1]}\r\n`;
  return `${head}\r\n${body}`;
}
