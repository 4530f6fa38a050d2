import { lookup } from 'node:dns/promises';
import * as http from 'node:http';
import * as https from 'node:https';
import type { LookupFunction } from 'node:net';
import {
  type IpRange,
  ok,
  OUTBOUND_ANSWER_BYTES_LARGEST,
  OUTBOUND_LONGEST_MS,
  refuse,
  type Result,
} from '@claviger/core';
import type { DecisionClock } from '../clock.ts';
import { mayReach } from './address-classes.ts';
import { addressOf, readOutboundUrl } from './outbound-url.ts';

/** An address as the resolver gives it. */
export type ResolvedAddress = { readonly address: string; readonly family: number };

/** What sending takes. */
export type OutboundDeps = {
  /** Every address of a name; throws when there is none. */
  resolve(hostname: string): Promise<readonly ResolvedAddress[]>;
  /** What the operator names beside the public Internet. */
  readonly allow: readonly IpRange[];
  readonly clock: Pick<DecisionClock, 'after'>;
};

/** A request of ours to somebody else's server. */
export type OutboundRequest = {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
  /** Ends it early: the server is stopping. */
  readonly signal?: AbortSignal;
};

/** What came back. A redirect is an answer like any other: nothing follows it. */
export type OutboundAnswer = {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** What was read of the body: 64 KiB at most, and what came in time. */
  readonly body: Buffer;
  readonly isWhole: boolean;
};

/** Why there is no answer. It never says what was found where nobody may look. */
export type OutboundFailure =
  | { readonly kind: 'url-not-allowed' }
  | { readonly kind: 'address-not-allowed' }
  | { readonly kind: 'name-not-found' }
  | { readonly kind: 'timed-out' }
  | { readonly kind: 'connection-failed' }
  | { readonly kind: 'stopped' };

/** The resolver of this machine. */
export async function resolveBySystem(hostname: string): Promise<readonly ResolvedAddress[]> {
  return lookup(hostname, { all: true, verbatim: true });
}

/**
 * The one way out: every request that the server sends to an address of somebody's choosing goes through here. The name is
 * resolved once, what may not be reached is refused, and the connection goes to the very addresses that were looked at, so
 * a name that changes its mind leads nowhere (Q33). No redirects, no proxies, no connection is used twice; 15 s altogether.
 */
export async function sendOutbound(
  deps: OutboundDeps,
  request: OutboundRequest,
): Promise<Result<OutboundAnswer, OutboundFailure>> {
  const parsed = readOutboundUrl(request.url, deps.allow);
  if ('mistake' in parsed) {
    return refuse({ kind: parsed.mistake === 'address' ? 'address-not-allowed' : 'url-not-allowed' });
  }
  const ending = endingOf(deps, request.signal);
  try {
    const addresses = await Promise.race([reachable(deps, parsed.url), ending.ended]);
    if ('kind' in addresses) return refuse(addresses);
    return await exchange(request, { url: parsed.url, addresses, ending });
  } finally {
    ending.cancel();
  }
}

type Ending = { readonly ended: Promise<OutboundFailure>; cancel(): void };

/** Tells when it is too late, or when the server stops. */
function endingOf({ clock }: OutboundDeps, signal: AbortSignal | undefined): Ending {
  let end = (_failure: OutboundFailure): void => undefined;
  const ended = new Promise<OutboundFailure>((resolve) => {
    end = resolve;
  });
  const stop = (): void => end({ kind: 'stopped' });
  const cancelTimer = clock.after(OUTBOUND_LONGEST_MS, () => end({ kind: 'timed-out' }));
  if (signal?.aborted === true) stop();
  signal?.addEventListener('abort', stop);
  return {
    ended,
    cancel: () => {
      cancelTimer();
      signal?.removeEventListener('abort', stop);
    },
  };
}

/** The addresses of a host that may be reached, or why there are none. */
async function reachable(deps: OutboundDeps, url: URL): Promise<readonly ResolvedAddress[] | OutboundFailure> {
  // An address in the URL was looked at with the URL.
  if (addressOf(url) !== null) return [];
  let found: readonly ResolvedAddress[];
  try {
    found = await deps.resolve(url.hostname);
  } catch {
    return { kind: 'name-not-found' };
  }
  const rule = { allow: deps.allow, onlyNamed: url.protocol === 'http:' };
  const allowed = found.filter(({ address }) => mayReach(address, rule));
  return allowed.length === 0 ? { kind: 'address-not-allowed' } : allowed;
}

type Exchange = {
  readonly url: URL;
  /** Empty when the URL holds an address. */
  readonly addresses: readonly ResolvedAddress[];
  readonly ending: Ending;
};

function exchange(
  { method, headers, body }: OutboundRequest,
  { url, addresses, ending }: Exchange,
): Promise<Result<OutboundAnswer, OutboundFailure>> {
  const { request, Agent } = url.protocol === 'https:' ? https : http;
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve) => {
    const sent = request(url, {
      method,
      headers: { ...headers, ...length },
      // Of its own: no connection from before, and no proxy that the environment names.
      agent: new Agent({ keepAlive: false }),
      lookup: lookupOf(addresses),
    });
    let hasAnswer = false;
    const answerOf = (response: http.IncomingMessage): void => {
      hasAnswer = true;
      void readBody(response, ending).then((read) => {
        sent.destroy();
        resolve(ok({ status: response.statusCode ?? 0, headers: response.headers, ...read }));
      });
    };
    sent.on('response', answerOf);
    // When the answer has begun, its status counts, and `readBody` ends it.
    const fail = (failure: OutboundFailure): void => {
      if (!hasAnswer) resolve(refuse(failure));
      sent.destroy();
    };
    sent.on('error', () => fail({ kind: 'connection-failed' }));
    void ending.ended.then(fail);
    sent.end(body);
  });
}

/** Gives the connection the addresses that were looked at; nobody is asked again. */
function lookupOf(addresses: readonly ResolvedAddress[]): LookupFunction {
  return (hostname, options, callback) => {
    const [first] = addresses;
    if (first === undefined) callback(new Error(`no address of ${hostname} was looked at`), '');
    else if (options.all === true) callback(null, [...addresses]);
    else callback(null, first.address, first.family);
  };
}

/** Reads as much as may be read. What breaks off after its status is not whole, and an answer all the same. */
function readBody(response: http.IncomingMessage, ending: Ending): Promise<Pick<OutboundAnswer, 'body' | 'isWhole'>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  return new Promise((resolve) => {
    const finish = (isWhole: boolean): void => {
      response.destroy();
      resolve({ body: Buffer.concat(chunks).subarray(0, OUTBOUND_ANSWER_BYTES_LARGEST), isWhole });
    };
    response.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > OUTBOUND_ANSWER_BYTES_LARGEST) finish(false);
    });
    response.on('end', () => finish(response.complete));
    response.on('error', () => finish(false));
    response.on('close', () => finish(false));
    void ending.ended.then(() => finish(false));
  });
}
