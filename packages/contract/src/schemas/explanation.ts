import { CHECKS, DECISION_CODES, GRANTS_SHOWN_MOST } from '@claviger/core';
import { z } from 'zod';
import { askedInstant, instant, keyId, policyId } from './fields.ts';
import { permission } from './permissions.ts';
import { askedAddress, askedOperation, askedOrigin, askedResource } from './verification.ts';

/** What a decision would be asked about (P7). */
export const explainBody = z
  .strictObject({
    key_id: keyId().describe('The key to explain; one that you may manage.'),
    operation: askedOperation().describe('What its holder wants to do, for example `import`.'),
    resource: askedResource().describe('What they want to do it to, as `type:name`, for example `database:sales`.'),
    ip: askedAddress().exactOptional().describe('The address they would come from; absent is none.'),
    origin: askedOrigin().exactOptional().describe('The `Origin` their browser would send; absent is none.'),
    at: askedInstant()
      .exactOptional()
      .describe('The instant to decide at, with everything as it is stored now; absent is now.'),
  })
  .meta({ id: 'Explain', description: 'A question whose decision is to be explained.' });

const decidedBy = z
  .strictObject({
    kind: z
      .enum(['key', 'user', 'policy', 'account', 'rule'])
      .describe('Whose setting decided; `rule` is one of the product itself.'),
    id: z.string().exactOptional().describe('Its id; absent for a rule.'),
    name: z.string().exactOptional().describe('Its name; absent for a rule.'),
    rule: z.string().exactOptional().describe('The rule of the product behind it, for example `P1`.'),
  })
  .meta({ id: 'DecidedBy', description: 'The setting or rule that decided a check.' });

const grant = z
  .strictObject({
    policy_id: policyId().nullable().describe("The policy it comes from; null for the key's own permissions."),
    policy_name: z.string().nullable().describe('The name of that policy, or null.'),
    permission,
    through: z.string().nullable().describe('The operation that includes the asked one; null when it is itself named.'),
    matched: z.string().describe('The first of its `ids` that the resource fits.'),
  })
  .meta({ id: 'Grant', description: 'A permission that gives what was asked for.' });

const check = z
  .strictObject({
    check: z.enum(CHECKS).describe('What was looked at.'),
    outcome: z
      .enum(['pass', 'fail', 'not_reached', 'not_applicable'])
      .describe(
        'The first `fail` decides, and what comes after it is `not_reached`. `not_applicable`: nothing is set that could refuse.',
      ),
    code: z.enum(DECISION_CODES).describe('What a decision answers when this check fails.'),
    detail: z.string().describe('What was found, in words.'),
    decided_by: decidedBy.nullable().describe('The setting or rule that decided; null when it was not reached.'),
    grants: z
      .array(grant)
      .describe(
        `Every permission that lets it pass, the first ${GRANTS_SHOWN_MOST}, for the checks of permissions; otherwise empty.`,
      ),
  })
  .meta({ id: 'Check', description: 'One check of a decision, and what came of it.' });

/** A decision with all its checks, in their order (P7). */
export const explanation = z
  .strictObject({
    object: z.literal('explanation').describe('Always `explanation`.'),
    allow: z.boolean().describe('Whether the request would be let through, the rate limit of the key apart.'),
    code: z.enum(DECISION_CODES).describe('What the decision would be: `allowed`, or the first thing that is wrong.'),
    at: instant().describe('The instant it was decided for.'),
    checks: z.array(check).describe('All checks, in the order in which they are made.'),
  })
  .meta({ id: 'Explanation', description: 'A decision with all its checks.' });
