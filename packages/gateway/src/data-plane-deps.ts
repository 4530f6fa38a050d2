import type { RequestListener, Server, ServerOptions } from 'node:http';
import type { IpRange, KeyId, RandomBytes } from '@claviger/core';
import type { Verifier, VerifierClock } from '@claviger/verifier';
import type { RouteRules } from './route-rules.ts';

/** What the data plane needs of the outside. */
export type DataPlaneDeps = {
  readonly verifier: Verifier;
  readonly clock: Pick<VerifierClock, 'now' | 'after'>;
  readonly randomBytes: RandomBytes;
  /** The rules that forward auth goes by (D9); `NO_ROUTE_RULES` refuses everything. */
  readonly routes: RouteRules;
  /** The proxies whose word on the original request is believed, beside loopback (D10, I6). */
  readonly trustedProxies: readonly IpRange[];
  /** Where people manage their keys: problem pages and "replace it here" point there (E11). */
  readonly publicUrl: string;
  /** The name of a key, where somebody in this process knows it: verifiers know no names (D1). */
  readonly nameOf?: (keyId: KeyId) => string | null;
  /** Told when a master key came in a URL or in X-Write-Key: it is in somebody's log now (D11). */
  readonly onMisplacedKey?: (keyId: KeyId) => void;
  /** Told of everything that broke; the asker got a 500 that names this request. */
  readonly onFault: (fault: unknown, requestId: string) => void;
  /** Makes the listener's server; node:http's unless somebody brings one that speaks TLS. */
  readonly newServer?: (options: ServerOptions, handler: RequestListener) => Server;
  /** Tighter or looser limits than the usual ones; tests set them. */
  readonly limits?: Partial<ListenerLimits>;
};

/** How long and how much a connection may take. */
export type ListenerLimits = {
  /** Milliseconds until all headers of a request have come. */
  readonly headersMs: number;
  /** Milliseconds until all of a request has come, its body included. */
  readonly requestMs: number;
  /** Milliseconds an idle connection is kept; longer than nginx keeps its own, so that it never writes into a closing one. */
  readonly idleMs: number;
  /** Milliseconds between two looks for requests that take too long. */
  readonly checkEveryMs: number;
  /** Bytes of one request's line and headers; nginx forwards up to 32 KiB and adds the original URI once more. */
  readonly headerBytes: number;
  /** Milliseconds that requests under way may still take when the listener closes. */
  readonly closeMs: number;
};

/** The limits unless set otherwise. */
export const LISTENER_LIMITS: ListenerLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 75_000,
  checkEveryMs: 2_000,
  headerBytes: 65_536,
  closeMs: 10_000,
};
