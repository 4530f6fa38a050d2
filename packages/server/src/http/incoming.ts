import type { Actor, Instant, IpRange, Origin } from '@claviger/core';
import type { FastifyRequest } from 'fastify';
import type { DecisionClock } from '../clock.ts';
import type { Caller } from '../commands/deps.ts';
import { type ClientAddress, readClientAddress } from './client-address.ts';
import { safePath } from './target-ids.ts';

/** What every part of the shell may know of a request. The clock is read once, here. */
export type Incoming = {
  readonly requestId: string;
  readonly method: string;
  /** Without the query, and with nothing in place of an id but an id: whoever pastes a key into a path must not find it logged. */
  readonly path: string;
  readonly query: string;
  /** Names and values as they came: Node drops the second of two `Authorization` headers from the parsed ones. */
  readonly rawHeaders: readonly string[];
  readonly client: ClientAddress;
  readonly userAgent: string | null;
  readonly now: Instant;
  /** The time that may be stored with a commit (E9). */
  readonly storable: Instant;
};

/** Characters. What the audit log keeps of a user agent. */
const USER_AGENT_LONGEST = 500;

/** Any text that looks like a key of ours, whatever the prefix. */
const KEY_TEXT = /[a-z][a-z0-9]{1,15}_(?:master|write|internal)_[0-9A-Za-z]{12,}/g;

/** Reads a request once, before anything decides on it. `template` is the path of its route. */
export function readIncoming(
  request: FastifyRequest,
  template: string,
  deps: { readonly clock: Pick<DecisionClock, 'now' | 'storable'>; readonly trustedProxies: readonly IpRange[] },
): Incoming {
  const { rawHeaders, socket } = request.raw;
  const mark = request.url.indexOf('?');
  const userAgent = request.headers['user-agent'];
  return {
    requestId: request.id,
    method: request.method,
    path: safePath(template, request.params),
    query: mark === -1 ? '' : request.url.slice(mark + 1),
    rawHeaders,
    client: readClientAddress({ rawHeaders, peer: socket.remoteAddress }, deps.trustedProxies),
    userAgent: userAgent === undefined ? null : withoutKeyTexts(userAgent).slice(0, USER_AGENT_LONGEST),
    now: deps.clock.now(),
    storable: deps.clock.storable(),
  };
}

/** Who asked, and over which request, as the audit log keeps it (A3). */
export function originOf(incoming: Incoming, caller: Caller | null): Origin {
  return {
    actor: caller === null ? { kind: 'unknown' } : actorOf(caller),
    ipAddress: incoming.client.text,
    userAgent: incoming.userAgent,
    httpMethod: incoming.method,
    path: incoming.path,
    requestId: incoming.requestId,
  };
}

function withoutKeyTexts(text: string): string {
  return text.replaceAll(KEY_TEXT, '[secret]');
}

function actorOf({ user, credential }: Caller): Actor {
  const isSession = credential.kind === 'session';
  return {
    kind: 'user',
    userId: user.id,
    sessionId: isSession ? credential.sessionId : null,
    keyId: isSession ? null : credential.keyId,
  };
}
