import { z } from 'zod';
import { instant, name, note, policyId, userId } from './fields.ts';
import { permission, permissionsRequest } from './permissions.ts';

/** A named set of permissions (P1). */
export const policyObject = z
  .strictObject({
    object: z.literal('policy').describe('Always `policy`.'),
    id: policyId().describe('The id of the policy.'),
    name: z.string().describe('The name of the policy.'),
    description: z.string().nullable().describe('What it is for, if somebody wrote that down.'),
    permissions: z.array(permission).describe('What users with this policy may do.'),
    created_at: instant().describe('When it was created.'),
  })
  .meta({ id: 'Policy', description: 'A named set of permissions that is attached to users.' });
export type PolicyObject = z.output<typeof policyObject>;

/** The fact that a user has a policy. */
export const policyAttachment = z
  .strictObject({
    object: z.literal('policy_attachment').describe('Always `policy_attachment`.'),
    policy_id: policyId().describe('The policy.'),
    user_id: userId().describe('The user who has it.'),
  })
  .meta({ id: 'PolicyAttachment', description: 'A policy and a user who has it.' });

const description = note().nullable().describe('What the policy is for, up to 1,000 characters; null is nothing.');

/** A policy to create. */
export const createPolicyBody = z
  .strictObject({
    name: name().describe('Its name, 1 to 200 characters.'),
    description: description.exactOptional(),
    permissions: permissionsRequest
      .exactOptional()
      .describe('What it permits, up to 100 permissions; absent is nothing yet.'),
  })
  .meta({ id: 'CreatePolicy', description: 'A policy to create.' });

/** What to change of a policy's name and description; what is absent stays. */
export const editPolicyBody = z
  .strictObject({
    name: name().exactOptional().describe('The new name, 1 to 200 characters.'),
    description: description.exactOptional(),
  })
  .meta({ id: 'EditPolicy', description: 'Changes to a policy; what is absent stays as it is.' });

/** All that a policy shall permit from now on. */
export const setPolicyPermissionsBody = z
  .strictObject({
    permissions: permissionsRequest.describe('All that the policy permits from now on, up to 100 permissions.'),
  })
  .meta({ id: 'SetPolicyPermissions', description: 'The permissions of a policy, whole.' });
