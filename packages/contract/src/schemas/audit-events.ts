import { z } from 'zod';
import { askedInstant, eventId, instant, internalKeyId, keyId, line, sessionId, userId, version } from './fields.ts';
import { pageFields } from './page.ts';
import { FILTER_LONGEST } from './wire-limits.ts';

const actor = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('user').describe('A user of the account.'),
      user_id: userId().describe('The user.'),
      session_id: sessionId().nullable().describe('The session they came with, if any.'),
      key_id: keyId().nullable().describe('The key they came with, if any.'),
    }),
    z.strictObject({
      kind: z.literal('internal_key').describe('A key of the system itself.'),
      internal_key_id: internalKeyId().describe('The internal key.'),
    }),
    z.strictObject({ kind: z.literal('operator').describe('Whoever runs the installation.') }),
    z.strictObject({
      kind: z.literal('system').describe('A part of the system.'),
      part: z.string().describe('Which part.'),
    }),
    z.strictObject({ kind: z.literal('unknown').describe('Somebody who was not known.') }),
  ])
  .meta({ id: 'Actor', description: 'Who did it.' });

/** A recorded event (A3). */
export const eventObject = z
  .strictObject({
    object: z.literal('event').describe('Always `event`.'),
    id: eventId().describe('The id of the event.'),
    version: version().describe('The version this event took; every event has one of its own.'),
    time: instant().describe('When it happened.'),
    event_name: z.string().describe('What happened, as `noun.verb_ed`, for example `key.force_expired`.'),
    actor,
    affected_user_id: userId().nullable().describe('The user it happened to, for example the owner of the key.'),
    resource_id: z.string().nullable().describe('What it is about: the id of a key, user, policy, session or account.'),
    key_kind: z.enum(['master', 'write_only', 'internal']).nullable().describe('The kind of the key it is about.'),
    changes: z
      .array(
        z.strictObject({
          attribute: z.string().describe('The attribute that changed.'),
          old: z.unknown().describe('Its value before; never a secret.'),
          new: z.unknown().describe('Its value after; never a secret.'),
        }),
      )
      .describe('What changed, attribute by attribute.'),
    ip_address: z.string().nullable().describe('The address of the client.'),
    user_agent: z.string().nullable().describe('The program of the client, as that named itself.'),
    http_method: z.string().nullable().describe('The method of the request.'),
    path: z.string().nullable().describe('The path of the request, without its query.'),
    request_id: z.string().nullable().describe('The id of the request, as its answer carried it.'),
    result: z.enum(['success', 'refused']).describe('Whether it was done or refused.'),
  })
  .meta({ id: 'Event', description: 'One entry of the audit log.' });
export type EventObject = z.output<typeof eventObject>;

/** Which events to list or to download; absent filters do not filter (A5). */
const eventFilters = {
  event_name: line(1, FILTER_LONGEST).exactOptional().describe('Only events of this name.'),
  actor_id: line(1, FILTER_LONGEST).exactOptional().describe('Only what this user did.'),
  resource_id: line(1, FILTER_LONGEST).exactOptional().describe('Only events about this thing.'),
  key_id: keyId().exactOptional().describe('Only events about this key or done with it.'),
  result: z
    .enum(['success', 'refused'], { error: 'must be success or refused' })
    .exactOptional()
    .describe('Only what was done, or only what was refused.'),
  from: askedInstant().exactOptional().describe('Only events at or after this instant.'),
  to: askedInstant().exactOptional().describe('Only events before this instant.'),
};

/** Which events to list (A5). */
export const listAuditEventsQuery = z.strictObject({ ...eventFilters, ...pageFields });

/** Which events to download, and as what (A5). */
export const exportAuditEventsQuery = z.strictObject({
  ...eventFilters,
  format: z
    .enum(['jsonl', 'csv'], { error: 'must be jsonl or csv' })
    .default('jsonl')
    .describe('`jsonl` can be verified with the public key alone; `csv` is for spreadsheets and proves nothing.'),
  links: z
    .enum(['true', 'false'], { error: 'must be true or false' })
    .default('true')
    .describe(
      'Whether a `jsonl` file also holds the bare links of the events that it leaves out, so that the whole chain can be walked to a checkpoint. Only the files of the Owner and administrators have them.',
    ),
});

/** A signed head that was written down outside the database (A4). */
export const checkpointObject = z
  .strictObject({
    object: z.literal('checkpoint').describe('Always `checkpoint`.'),
    epoch: z.int().describe('The epoch of its version.'),
    version: z.int().describe('The number of the last event that it vouches for.'),
    hash: z.string().describe('The hash of that event in the chain, 64 hex characters.'),
    time: instant().describe('When it was taken.'),
    signature: z.string().describe('Ed25519, hex: the signing key vouches for all of the above.'),
  })
  .meta({ id: 'Checkpoint', description: 'Where the audit log stood at a time. Keep copies outside the host.' });
