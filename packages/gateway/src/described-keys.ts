import type { Permission } from '@claviger/core';
import { type DescribedKey, formatPermissions } from '@claviger/verifier';
import { asciiJson } from './exchange.ts';
import { instantText } from './instant-text.ts';

/** Permissions as answers write them. */
export type PermissionTexts = {
  /** A JSON list, in ASCII. */
  readonly json: string;
  /** The value of `Claviger-Permissions` (D10). */
  readonly header: string;
};

const textsOfPermissions = new WeakMap<readonly Permission[], PermissionTexts>();

/** Writes permissions, once for each list: many keys share one, and writing it would cost more than deciding. */
export function permissionTexts(permissions: readonly Permission[]): PermissionTexts {
  const known = textsOfPermissions.get(permissions);
  if (known !== undefined) return known;
  const listed = permissions.map(({ resourceType, operation, ids }) => ({
    resource_type: resourceType,
    operation,
    ids,
  }));
  const texts = { json: asciiJson(listed), header: formatPermissions(permissions) };
  textsOfPermissions.set(permissions, texts);
  return texts;
}

/**
 * The values of `IDENTITY_HEADERS` for an allowed key, each with its name before it. The expiry is told within the
 * reminder period alone: whoever sees one has reason to warn (E13).
 */
export function identityHeaders(key: DescribedKey): readonly string[] {
  return [
    'Claviger-Key-Id',
    key.id,
    'Claviger-Key-Kind',
    key.kind,
    'Claviger-Owner-Id',
    key.ownerId,
    'Claviger-Account-Id',
    key.accountId,
    'Claviger-Permissions',
    permissionTexts(key.permissions).header,
    'Claviger-Key-Expires',
    key.isExpiring && key.expiresAt !== null ? instantText(key.expiresAt) : '',
  ];
}

/** Every identity header without a value: sent when nobody is known, so that nothing a client sent survives (D10). */
export const NO_IDENTITY_HEADERS: readonly string[] = [
  'Claviger-Key-Id',
  '',
  'Claviger-Key-Kind',
  '',
  'Claviger-Owner-Id',
  '',
  'Claviger-Account-Id',
  '',
  'Claviger-Permissions',
  '',
  'Claviger-Key-Expires',
  '',
];
