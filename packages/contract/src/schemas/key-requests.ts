import {
  ALLOWED_IPS_MOST,
  ALLOWED_ORIGINS_MOST,
  FORCED_EXPIRY_REASONS,
  IMPORT_KEYS_MOST,
  IMPORTED_HINT_LONGEST,
  IMPORTED_KEY_LONGEST,
  IMPORTED_KEY_SHORTEST,
  METADATA_BYTES_LARGEST,
  NAME_LONGEST,
  OVERLAP_SECONDS_LONGEST,
} from '@claviger/core';
import { z } from 'zod';
import { jsonBytes } from '../json-size.ts';
import { askedInstant, lifespanDays, line, name, note, userId, wholeNumber, wholeNumberText } from './fields.ts';
import { keyKind, rateLimit } from './keys.ts';
import { pageFields } from './page.ts';
import { permissionsRequest } from './permissions.ts';
import {
  IP_RANGE_LONGEST,
  ORIGIN_LONGEST,
  UNUSED_DAYS_LONGEST,
  WAIT_MS_DEFAULT,
  WAIT_MS_LONGEST,
} from './wire-limits.ts';

const IMPORT_COUNT_TEXT = `must be a list of 1 to ${IMPORT_KEYS_MOST} keys`;
const METADATA_SIZE_TEXT = `must be an object of at most ${METADATA_BYTES_LARGEST} bytes as JSON`;

/** Free facts about a key; the limit counts bytes, not characters. */
const metadata = z
  .record(z.string(), z.unknown(), { error: METADATA_SIZE_TEXT })
  .check((given) => {
    if (jsonBytes(given.value) <= METADATA_BYTES_LARGEST) return;
    given.issues.push({
      code: 'too_big',
      origin: 'object',
      maximum: METADATA_BYTES_LARGEST,
      input: given.value,
      message: METADATA_SIZE_TEXT,
    });
  })
  .describe(`Free facts about the key, at most ${METADATA_BYTES_LARGEST} bytes as JSON.`);

const allowedIps = z
  .array(line(1, IP_RANGE_LONGEST), { error: 'must be a list of addresses and CIDR ranges' })
  .max(ALLOWED_IPS_MOST, { error: `must list at most ${ALLOWED_IPS_MOST} ranges` })
  .describe(`Addresses and CIDR ranges the key works from, up to ${ALLOWED_IPS_MOST}; empty is any.`);

const allowedOrigins = z
  .array(line(1, ORIGIN_LONGEST), { error: 'must be a list of web origins' })
  .max(ALLOWED_ORIGINS_MOST, { error: `must list at most ${ALLOWED_ORIGINS_MOST} origins` })
  .describe(
    `Web origins the key works from, for example \`https://shop.example\`, up to ${ALLOWED_ORIGINS_MOST}; empty is any. For write-only keys.`,
  );

/** The narrowing of a key, in requests to create or edit it (K5). */
const narrowing = {
  permissions: permissionsRequest
    .nullable()
    .exactOptional()
    .describe(
      'What the key is narrowed to, within what its owner may do; null is not narrowed, an empty list is nothing.',
    ),
  allowed_ips: allowedIps.exactOptional(),
  allowed_origins: allowedOrigins.exactOptional(),
  rate_limit: rateLimit
    .nullable()
    .exactOptional()
    .describe('At most so many requests in so many seconds; null is no limit.'),
};

/** Which keys to list. */
export const listKeysQuery = z.strictObject({
  owner_id: userId().exactOptional().describe('Only keys of this user.'),
  kind: keyKind.exactOptional(),
  status: z
    .enum(['active', 'expiring', 'disabled', 'expired'], { error: 'must be active, expiring, disabled or expired' })
    .exactOptional()
    .describe('Only keys of this status.'),
  expires_before: askedInstant().exactOptional().describe('Only keys that expire before this instant.'),
  unused_days: wholeNumberText(1, UNUSED_DAYS_LONGEST, 'days')
    .exactOptional()
    .describe(
      `Only keys not used for so many days, 1 to ${UNUSED_DAYS_LONGEST}; a key never used counts from its creation.`,
    ),
  q: line(1, NAME_LONGEST).exactOptional().describe('Only keys whose name, hint or id holds this text, in any case.'),
  ...pageFields,
});

/** What is said of a key that is made, by creating or importing it. */
const newKeyFields = {
  kind: keyKind,
  name: name().describe('What the key is for, 1 to 200 characters.'),
  owner_id: userId().exactOptional().describe('Whose key it shall be; absent is yours.'),
  lifespan_days: lifespanDays()
    .exactOptional()
    .describe(
      'Days until it expires, 1 to 365, or null for never; at most what the policy in force allows. Absent is the policy.',
    ),
  ...narrowing,
  metadata: metadata.exactOptional(),
};

/** A key to create (K3). */
export const createKeyBody = z.strictObject(newKeyFields).meta({ id: 'CreateKey', description: 'A key to create.' });

const DIGEST_TEXT = 'must be the SHA-256 digest of the whole text of the key, as 64 hex digits';

/** A key of another system (K13): its text goes on working, and is never sent here. */
const importedKey = z
  .strictObject({
    digest: z
      .string({ error: DIGEST_TEXT })
      .regex(/^[0-9a-fA-F]{64}$/, { error: DIGEST_TEXT })
      .describe(
        `SHA-256 of the whole text of the key, 64 hex digits. The text has ${IMPORTED_KEY_SHORTEST} to ${IMPORTED_KEY_LONGEST} visible ASCII characters, or it could never be presented.`,
      ),
    hint: line(1, IMPORTED_HINT_LONGEST)
      .exactOptional()
      .describe(
        `What lists show of the text, for example its first and last four characters, 1 to ${IMPORTED_HINT_LONGEST} characters; never the text itself.`,
      ),
    ...newKeyFields,
  })
  .meta({ id: 'ImportedKey', description: 'A key of another system, to be taken over by the digest of its text.' });

/** Keys of another system to take over, all of them or none (K13). */
export const importKeysBody = z
  .strictObject({
    keys: z
      .array(importedKey, { error: IMPORT_COUNT_TEXT })
      .min(1, { error: IMPORT_COUNT_TEXT })
      .max(IMPORT_KEYS_MOST, { error: IMPORT_COUNT_TEXT })
      .describe(`The keys, 1 to ${IMPORT_KEYS_MOST}: all of them are imported, or none.`),
  })
  .meta({ id: 'ImportKeys', description: 'Keys of another system to import.' });

/** What to change of a key; what is absent stays. Its expiry is not among it: no call ever moves that later (E4). */
export const editKeyBody = z
  .strictObject({
    name: name().exactOptional().describe('The new name, 1 to 200 characters.'),
    ...narrowing,
    metadata: metadata.exactOptional(),
  })
  .meta({ id: 'EditKey', description: 'Changes to a key; what is absent stays as it is.' });

/** A key to look at: the text as its holder presents it. */
export const presentedKeyBody = z
  .strictObject({ key: z.string({ error: 'must be the text of a key' }).describe('The whole text of the key.') })
  .meta({ id: 'PresentedKey', description: 'A key as its holder presents it.' });

/** Why a key is to be stopped for good (X2). */
export const forceExpireBody = z
  .strictObject({
    reason: z
      .enum(FORCED_EXPIRY_REASONS, { error: `must be one of: ${FORCED_EXPIRY_REASONS.join(', ')}` })
      .describe('Why; kept with the key.'),
    note: note().exactOptional().describe('More about it, up to 1,000 characters; kept with the key.'),
    include_descendants: z
      .boolean()
      .exactOptional()
      .describe('Whether the keys that this key made, directly or through others, end with it. Absent is no.'),
  })
  .meta({ id: 'ForceExpireKey', description: 'Why a key is stopped for good.' });

/** Whether to hold the answer back until the change has spread (D6). */
export const waitQuery = z.strictObject({
  wait: z
    .literal('applied', { error: 'must be applied or absent' })
    .exactOptional()
    .describe('Answer only when every verifier has applied the change or lapsed, or the time is up.'),
  timeout_ms: wholeNumberText(0, WAIT_MS_LONGEST, 'milliseconds')
    .default(WAIT_MS_DEFAULT)
    .describe(`How long to wait at most, in milliseconds, 0 to ${WAIT_MS_LONGEST}.`),
});

/** How long the present secret works on beside the new one (X5). */
export const rotateKeyBody = z
  .strictObject({
    overlap_seconds: wholeNumber(0, OVERLAP_SECONDS_LONGEST, 'seconds').describe(
      `Seconds for which the present secret still works, 0 to ${OVERLAP_SECONDS_LONGEST} (30 days), but never beyond its own expiry.`,
    ),
  })
  .meta({ id: 'RotateKey', description: 'How a key gets its new secret.' });

/** What a self-revocation answers, whatever was presented (K12). */
export const selfRevocation = z
  .strictObject({ object: z.literal('self_revocation').describe('Always `self_revocation`.') })
  .meta({
    id: 'SelfRevocation',
    description: 'The presented text was received. The answer is the same for every text.',
  });
