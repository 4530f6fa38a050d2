import type { Permission, RateLimit, ResourceCatalogue, UserId } from '@claviger/core';

/** JSON columns and the attributes of audit events are written as the wire writes them, so that an operator reads one language. */
type WirePermission = { resource_type: string; operation: string; ids: string[] };
type WireRateLimit = { requests: number; per_seconds: number };
type WireOperation = { name: string; is_ingestion: boolean; includes: string[] };
type WireResourceType = { name: string; operations: WireOperation[] };

/** Permissions as the wire writes them. */
export function wirePermissions(permissions: readonly Permission[]): WirePermission[] {
  return permissions.map(({ resourceType, operation, ids }) => ({
    resource_type: resourceType,
    operation,
    ids: [...ids],
  }));
}

/** Reads a stored list of permissions; throws on a text that we did not write. */
export function permissionsFrom(text: string): readonly Permission[] {
  const stored = JSON.parse(text) as readonly WirePermission[];
  return stored.map(({ resource_type, operation, ids }) => ({ resourceType: resource_type, operation, ids: [...ids] }));
}

/** A rate limit as the wire writes it. */
export function wireRateLimit(limit: RateLimit): WireRateLimit {
  return { requests: limit.requests, per_seconds: limit.perSeconds };
}

/** Reads a stored rate limit. */
export function rateLimitFrom(text: string): RateLimit {
  const stored = JSON.parse(text) as WireRateLimit;
  return { requests: stored.requests, perSeconds: stored.per_seconds };
}

/** A catalogue as the wire writes it. */
export function wireCatalogue(catalogue: ResourceCatalogue): WireResourceType[] {
  return catalogue.map((type) => ({
    name: type.name,
    operations: type.operations.map(({ name, isIngestion, includes }) => ({
      name,
      is_ingestion: isIngestion,
      includes: [...includes],
    })),
  }));
}

/** Reads a stored catalogue. */
export function catalogueFrom(text: string): ResourceCatalogue {
  const stored = JSON.parse(text) as readonly WireResourceType[];
  return stored.map((type) => ({
    name: type.name,
    operations: type.operations.map(({ name, is_ingestion, includes }) => ({
      name,
      isIngestion: is_ingestion,
      includes: [...includes],
    })),
  }));
}

/** Reads a stored list of texts. */
export function textsFrom(text: string): readonly string[] {
  // Nearly all keys have none, and a snapshot reads millions of them.
  if (text === '[]') return [];
  return JSON.parse(text) as readonly string[];
}

/** Reads a stored list of user ids. */
export function userIdsFrom(text: string): readonly UserId[] {
  return JSON.parse(text) as readonly UserId[];
}

/** Reads a stored object. */
export function objectFrom(text: string): Readonly<Record<string, unknown>> {
  return JSON.parse(text) as Readonly<Record<string, unknown>>;
}
