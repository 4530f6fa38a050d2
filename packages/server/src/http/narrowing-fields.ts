import { parseUserId, type Permission, type RateLimit, type UserId } from '@claviger/core';

/** A permission as a request writes it. */
type WirePermission = { readonly resource_type: string; readonly operation: string; readonly ids: readonly string[] };

/** Permissions of a request in our own words; null is not narrowed. */
export function parsePermissions<T extends readonly WirePermission[] | null>(
  wire: T,
): T extends null ? readonly Permission[] | null : readonly Permission[];
export function parsePermissions(wire: readonly WirePermission[] | null): readonly Permission[] | null {
  return wire === null
    ? null
    : wire.map(({ resource_type: resourceType, operation, ids }) => ({ resourceType, operation, ids }));
}

/** A rate limit of a request; null is none. */
export function parseRateLimit(
  wire: { readonly requests: number; readonly per_seconds: number } | null,
): RateLimit | null {
  return wire === null ? null : { requests: wire.requests, perSeconds: wire.per_seconds };
}

/** Ids whose form the schema has seen to. */
export function parseUserIds(texts: readonly string[]): readonly UserId[] {
  return texts.map(parseUserId).filter((id) => id !== null);
}
