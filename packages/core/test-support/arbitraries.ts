import fc from 'fast-check';
import type { ResourceCatalogue } from '../src/catalogue.ts';
import type { Permission, Permissions } from '../src/permissions.ts';
import { type Instant, instant } from '../src/time.ts';

/** A catalogue with everything awkward: inclusion in steps, in a circle, of ingestion, and of nothing that exists. */
export const CATALOGUE: ResourceCatalogue = [
  {
    name: 'database',
    operations: [
      { name: 'query', isIngestion: false, includes: [] },
      { name: 'edit', isIngestion: false, includes: ['query'] },
      { name: 'import', isIngestion: true, includes: [] },
      { name: 'manage', isIngestion: false, includes: ['edit', 'import', 'vanished'] },
    ],
  },
  {
    name: 'stream',
    operations: [
      { name: 'append', isIngestion: true, includes: ['load'] },
      { name: 'load', isIngestion: true, includes: ['append'] },
      { name: 'read', isIngestion: false, includes: [] },
    ],
  },
];

/** Every operation of `CATALOGUE`, as `type` and `operation`. */
export const OPERATIONS = CATALOGUE.flatMap((type) =>
  type.operations.map((operation) => ({ ...operation, type: type.name, key: `${type.name}:${operation.name}` })),
);

/** Few letters, so that names, starts and stars meet often. */
export const resourceName = fc.string({ unit: fc.constantFrom('a', 'b', '_'), minLength: 1, maxLength: 4 });
export const permissionId = fc.oneof(
  { weight: 4, arbitrary: resourceName },
  { weight: 3, arbitrary: resourceName.map((name) => `${name}*`) },
  { weight: 1, arbitrary: fc.constant('*') },
);
export const permission: fc.Arbitrary<Permission> = fc.record({
  resourceType: fc.constantFrom('database', 'database', 'stream', 'queue', '*'),
  operation: fc.constantFrom('query', 'edit', 'import', 'manage', 'append', 'load', 'read', 'vacuum', '*'),
  ids: fc.array(permissionId, { maxLength: 4 }),
});
export const permissionList: fc.Arbitrary<readonly Permission[]> = fc.array(permission, { maxLength: 5 });
export const permissions: fc.Arbitrary<Permissions> = fc.oneof(
  { weight: 5, arbitrary: permissionList },
  { weight: 1, arbitrary: fc.constant('everything' as const) },
);

/** Instants of a few hours, so that boundaries are hit. */
export const nearInstant: fc.Arbitrary<Instant> = fc.integer({ min: 1_000_000, max: 1_000_040 }).map(instant);
