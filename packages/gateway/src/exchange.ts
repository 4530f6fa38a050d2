import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request with the answer it will get. */
export type Exchange = {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Names the request in answers and logs. */
  readonly id: string;
  /** The latest request before it on the same connection that had no answer yet when this one came. */
  readonly unanswered: Exchange | null;
};

/** The exchange itself while its answer is owed, else the latest one before it that still is. */
export function latestUnanswered(exchange: Exchange | undefined): Exchange | null {
  let open = exchange ?? null;
  while (open !== null && open.response.writableEnded) open = open.unanswered;
  return open;
}

/** Sends an answer in one write; `headers` is a flat list of names and values, `body` holds ASCII alone. */
export function send(exchange: Exchange, status: number, headers: readonly string[], body: string): void {
  const all = [
    'Content-Length',
    String(body.length),
    'Request-Id',
    exchange.id,
    'Cache-Control',
    'no-store',
    ...headers,
  ];
  exchange.response.writeHead(status, all);
  exchange.response.end(body, 'latin1');
}

/** Sends JSON that is ASCII alone (see `asciiJson`), with further headers as a flat list of names and values. */
export function sendJson(exchange: Exchange, status: number, body: string, headers: readonly string[] = []): void {
  exchange.response.writeHead(status, [
    'Content-Type',
    'application/json',
    'Content-Length',
    String(body.length),
    'Request-Id',
    exchange.id,
    'Cache-Control',
    'no-store',
    ...headers,
  ]);
  exchange.response.end(body, 'latin1');
}

/** A value as JSON in ASCII: what is beyond stands escaped, so that a text's length is its length in bytes. */
export function asciiJson(value: unknown): string {
  return escapeNonAscii(JSON.stringify(value));
}

/** Outside ASCII a JSON text can only be inside a string, where an escape says the same. DEL is escaped for headers' sake. */
function escapeNonAscii(json: string): string {
  return json.replaceAll(/[\u007f-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
