/** A request that no well-behaved client sends. */
export type HostileRequest = {
  readonly title: string;
  readonly bytes: Buffer;
  /** The statuses that may answer it; any refusal (400 to 499), or a closed connection, when there are none. */
  readonly statuses?: readonly number[];
  /** The problem's code, where the API fixes it. */
  readonly code?: string;
};

/** What hostile requests are made for. */
export type HostileTarget = {
  readonly host: string;
  /** A path that takes a POST with a JSON body, and a credential that may call it. */
  readonly path: string;
  readonly credential: string;
  /** Bytes; the largest body that the path takes. */
  readonly bodyLargest: number;
};

/** The header with the target's credential. */
export function authorizationOf(target: HostileTarget): string {
  return `Authorization: Bearer ${target.credential}`;
}

/** The bytes of a request: its line, its headers and its body, as given. */
export function requestOf(target: HostileTarget, line: string, headers: readonly string[] = [], body = ''): Buffer {
  return Buffer.from([line, `Host: ${target.host}`, 'Connection: close', ...headers, '', body].join('\r\n'), 'latin1');
}
