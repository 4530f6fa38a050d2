import { OPERATION_NAME_LONGEST, PERMISSION_IDS_MOST, PERMISSIONS_MOST, RESOURCE_NAME_LONGEST } from '@claviger/core';
import { z } from 'zod';
import { line, userId } from './fields.ts';

const resourceNames = z
  .array(line(1, RESOURCE_NAME_LONGEST).regex(/^[^*]*\*?$/u, { error: 'may have a `*` only as its last character' }), {
    error: 'must be a list of resource names',
  })
  .min(1, { error: 'must name at least one resource; ["*"] is all' })
  .max(PERMISSION_IDS_MOST, { error: `must name at most ${PERMISSION_IDS_MOST} resources` });

/** A permission as a request gives it (P2). */
export const permissionRequest = z
  .strictObject({
    resource_type: line(1, OPERATION_NAME_LONGEST).describe(
      'A resource type of the catalogue, for example `database`.',
    ),
    operation: line(1, OPERATION_NAME_LONGEST).describe('An operation of that type, for example `query`.'),
    ids: resourceNames.describe(
      `Resource names, 1 to ${PERMISSION_IDS_MOST} of 1 to ${RESOURCE_NAME_LONGEST} characters; a name may end in \`*\`, and \`["*"]\` is all.`,
    ),
  })
  .meta({ id: 'PermissionRequest', description: 'An operation on a resource type, on the named resources.' });

/** A list of permissions as a request gives it. */
export const permissionsRequest = z
  .array(permissionRequest, { error: 'must be a list of permissions' })
  .max(PERMISSIONS_MOST, { error: `must list at most ${PERMISSIONS_MOST} permissions` });

/** A permission as an answer tells it; whoever may do everything reads `*`, `*`, `["*"]`. */
export const permission = z
  .strictObject({
    resource_type: z.string().describe('A resource type of the catalogue, or `*` for whoever may do everything.'),
    operation: z.string().describe('An operation of that type, or `*`.'),
    ids: z.array(z.string()).describe('Resource names; a name may end in `*`, and `["*"]` is all.'),
  })
  .meta({ id: 'Permission', description: 'An operation on a resource type, on the named resources.' });

/** What a user may do at this moment (P1, P5). */
export const effectivePermissions = z
  .strictObject({
    object: z.literal('effective_permissions').describe('Always `effective_permissions`.'),
    user_id: userId().describe('Whose permissions these are.'),
    permissions: z
      .array(permission)
      .describe('The union of the attached policies; one entry that reads `*` for the Owner and administrators.'),
  })
  .meta({ id: 'EffectivePermissions', description: 'What a user may do at this moment.' });
