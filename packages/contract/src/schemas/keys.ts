import { FORCED_EXPIRY_REASONS, RATE_REQUESTS_MOST, RATE_SECONDS_LONGEST } from '@claviger/core';
import { z } from 'zod';
import { instant, keyId, userId, version, wholeNumber } from './fields.ts';
import { permission } from './permissions.ts';

/** The two kinds that customers hold (K1). */
export const keyKind = z
  .enum(['master', 'write_only'], { error: 'must be master or write_only' })
  .describe('`master` may do whatever its owner may; `write_only` may only perform ingestion operations.');

/** A key's rate limit (K5). */
export const rateLimit = z
  .strictObject({
    requests: wholeNumber(1, RATE_REQUESTS_MOST, 'requests').describe(`Requests, 1 to ${RATE_REQUESTS_MOST}.`),
    per_seconds: wholeNumber(1, RATE_SECONDS_LONGEST, 'seconds').describe(`Seconds, 1 to ${RATE_SECONDS_LONGEST}.`),
  })
  .meta({ id: 'RateLimit', description: 'At most so many requests in so many seconds.' });

const actorName = (): z.ZodString => z.string().regex(/^(?:usr_[0-9A-Za-z]{20}|operator|system|self_revocation)$/);

const forcedExpiry = z
  .strictObject({
    at: instant().describe('When the key was force-expired.'),
    by: actorName().describe('A user id, or `operator`, `system`, `self_revocation`.'),
    reason: z.enum(FORCED_EXPIRY_REASONS).describe('Why.'),
    note: z.string().nullable().describe('What was added to the reason, if anything.'),
  })
  .meta({ id: 'ForcedExpiry', description: 'Who stopped a key for good, when and why.' });

const rotation = z
  .strictObject({
    rotated_at: instant().describe('When the key got its present secret.'),
    previous_ends_at: instant().describe('Until when the secret before works; the overlap is over once this is past.'),
  })
  .meta({ id: 'Rotation', description: 'The latest rotation of a key.' });

const keyFields = {
  object: z.literal('key').describe('Always `key`.'),
  id: keyId().describe('The id of the key. Rotation keeps it; no other key ever gets it.'),
  kind: keyKind,
  name: z.string().describe('The name of the key.'),
  owner_id: userId().describe('The user the key belongs to, whose rights it follows.'),
  created_by: actorName().describe('Who made it: a user id, or `operator` or `system`.'),
  hint: z.string().describe('The masked form of the secret, for example `clv_master_4fQ2…x9Kd`.'),
  status: z
    .enum(['active', 'expiring', 'disabled', 'expired'])
    .describe('Derived at the time of the answer. `expiring` is active and within the reminder period.'),
  expired_by: z
    .enum(['lifespan', 'forced'])
    .nullable()
    .describe('How it expired: at its time, or by force. Null while it is not expired.'),
  owner_disabled: z.boolean().describe('Whether the owner is disabled; the key is refused while that lasts.'),
  forced_expiry: forcedExpiry.nullable(),
  created_by_key_id: keyId()
    .nullable()
    .describe('The key that made this one over the API; null when it was a session.'),
  strength: z
    .enum(['full', 'unknown'])
    .describe('`unknown` for a key imported from another system, until a rotation gives it a secret of ours.'),
  created_at: instant().describe('When the key was created.'),
  expires_at: instant()
    .nullable()
    .describe('When the present secret expires; null is never. At that instant it is dead.'),
  last_used_at: instant().nullable().describe('When it was last allowed, at most 10 s behind; null for never.'),
  permissions: z
    .array(permission)
    .nullable()
    .describe('What the key is narrowed to; null is not narrowed, an empty list is nothing.'),
  allowed_ips: z.array(z.string()).describe('Addresses and CIDR ranges the key works from; empty is any.'),
  allowed_origins: z.array(z.string()).describe('Web origins the key works from; empty is any.'),
  rate_limit: rateLimit.nullable(),
  rotation: rotation.nullable(),
  metadata: z.record(z.string(), z.unknown()).describe('What the owner noted about the key.'),
};

/** A key as lists show it (K8). */
export const keyObject = z
  .strictObject(keyFields)
  .meta({ id: 'Key', description: 'A key as lists show it: never its secret, never its digest.' });
export type KeyObject = z.output<typeof keyObject>;

/** A key in the one answer that shows its secret; a replay of that answer leaves `secret` out (K7). */
export const keyWithSecret = z
  .strictObject({
    ...keyFields,
    secret: z
      .string()
      .exactOptional()
      .describe('The text of the key. Shown in this answer only; absent when the answer is a replay.'),
  })
  .meta({ id: 'KeyWithSecret', description: 'A key with its secret, which no other answer shows.' });
export type KeyWithSecretObject = z.output<typeof keyWithSecret>;

/** Imported keys, in the order in which they were sent (K13). */
export const importedKeys = z
  .strictObject({
    object: z.literal('list').describe('Always `list`.'),
    data: z.array(keyObject).describe('The keys, in the order of the request, without any secret.'),
  })
  .meta({ id: 'ImportedKeys', description: 'The keys that were imported.' });

/** How far a change has spread (D6). */
export const receipt = z
  .strictObject({
    version: version().nullable().describe('The version of the change; null when nothing had to change.'),
    applied_by: z
      .array(
        z.strictObject({
          verifier: z.string().describe('The name of the verifier; `local` is the one of this node.'),
          at: instant().describe('When it had applied the version.'),
        }),
      )
      .describe('The verifiers that have applied the version.'),
    pending: z.array(z.string()).describe('The verifiers that have yet to say so.'),
    lapsed: z
      .array(z.string())
      .describe('The verifiers that are silent past the staleness bound: they refuse everything.'),
    slowest_ms: z.int().nonnegative().nullable().describe('Milliseconds the slowest took so far; null when none has.'),
  })
  .meta({ id: 'Receipt', description: 'Which verifiers have applied a change.' });

/** What a force-expire answers. */
export const forceExpireAnswer = z
  .strictObject({ key: keyObject, receipt })
  .meta({ id: 'ForceExpireAnswer', description: 'The key, now expired, and how far the news has spread.' });
