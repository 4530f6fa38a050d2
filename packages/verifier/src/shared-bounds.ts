import type { IpAllowlistRecord, KeyRecord } from '@claviger/contract';
import {
  type Bounds,
  type CompiledAllowlist,
  compileAllowlist,
  type IpRange,
  parseIpRange,
  type RateLimit,
} from '@claviger/core';

/** An IP allowlist ready to decide by; lists that say the same are one object. */
export type SharedAllowlist = CompiledAllowlist & {
  /** What it says, as one text: lists are told apart by it. */
  readonly text: string;
};

/**
 * What keys are bound to, each combination once: keys of one installation share few lists of ranges and few rate limits, and
 * what is shared stays in the processor's cache, where a copy for each key would be fetched from memory at every decision.
 */
export type SharedBounds = {
  readonly bounds: Map<string, Bounds>;
  readonly rateLimits: Map<string, RateLimit>;
  readonly allowlists: Map<string, SharedAllowlist>;
};

/** Combinations kept for sharing; keys beyond them get copies of their own. */
const SHARED_MOST = 10_000;

/** Nothing shared yet. */
export function createSharedBounds(): SharedBounds {
  return { bounds: new Map(), rateLimits: new Map(), allowlists: new Map() };
}

/** The address ranges and origins of a record, null when it has none; a range that is none makes the record malformed. */
export function boundsFrom(shared: SharedBounds, record: KeyRecord): Bounds | null | 'malformed' {
  const { allowed_ips, allowed_origins } = record;
  if (allowed_ips.length === 0 && allowed_origins.length === 0) return null;
  const name = JSON.stringify([allowed_ips, allowed_origins]);
  const known = shared.bounds.get(name);
  if (known !== undefined) return known;
  const allowedIps: IpRange[] = [];
  for (const text of allowed_ips) {
    const range = parseIpRange(text);
    if (range === null) return 'malformed';
    allowedIps.push(range);
  }
  return keep(shared.bounds, name, { allowedIps, allowedOrigins: allowed_origins });
}

/** The rate limit of a record, or null. */
export function rateLimitFrom(shared: SharedBounds, { rate_limit }: KeyRecord): RateLimit | null {
  if (rate_limit === null) return null;
  const name = `${rate_limit.requests}/${rate_limit.per_seconds}`;
  const known = shared.rateLimits.get(name);
  return known ?? keep(shared.rateLimits, name, { requests: rate_limit.requests, perSeconds: rate_limit.per_seconds });
}

/** The IP allowlist of a record, null when it has none (I1); an entry that is none makes the record malformed. */
export function allowlistFrom(
  shared: SharedBounds,
  list: IpAllowlistRecord | undefined,
): SharedAllowlist | null | 'malformed' {
  if (list === undefined) return null;
  const text = JSON.stringify(list);
  const known = shared.allowlists.get(text);
  if (known !== undefined) return known;
  const compiled = compileAllowlist(list);
  if (compiled === null || compiled === 'malformed') return compiled;
  return keep(shared.allowlists, text, { ...compiled, text });
}

function keep<T>(map: Map<string, T>, name: string, value: T): T {
  if (map.size < SHARED_MOST) map.set(name, value);
  return value;
}
