import { ALLOWLIST_ENTRIES_MOST, ALLOWLIST_MODES, ALLOWLIST_NOTE_LONGEST, ALLOWLIST_SCOPES } from '@claviger/core';
import { z } from 'zod';
import { instant, line, text, userId } from './fields.ts';
import { IP_RANGE_LONGEST } from './wire-limits.ts';

const SCOPE_TEXT =
  '`all`: the portal and keys; `api_key_only`: keys. With entries of both scopes keys need one of `api_key_only`, and the portal any.';
const scope = z.enum(ALLOWLIST_SCOPES);
const MODE_TEXT =
  '`enforce` refuses what comes from elsewhere, `monitor` lets it in and counts it, to try a list out (I7).';

const askedEntry = z
  .strictObject({
    cidr: text(1, IP_RANGE_LONGEST).describe(
      'An address, or a CIDR range, for example `203.0.113.0/24` or `2001:db8::/32`.',
    ),
    scope: scope.describe(SCOPE_TEXT),
    note: line(0, ALLOWLIST_NOTE_LONGEST)
      .exactOptional()
      .describe(`What it is, for people: at most ${ALLOWLIST_NOTE_LONGEST} characters, on one line.`),
  })
  .meta({ id: 'SetIpAllowlistEntry', description: 'An address or a range to let in.' });

/** An IP allowlist to set, whole; one without entries is no list (I1). */
export const setIpAllowlistBody = z
  .strictObject({
    mode: z.enum(ALLOWLIST_MODES).exactOptional().describe(`${MODE_TEXT} Absent is \`enforce\`.`),
    entries: z
      .array(askedEntry)
      .max(ALLOWLIST_ENTRIES_MOST, { error: `must have at most ${ALLOWLIST_ENTRIES_MOST} entries` })
      .describe(`Where to let in from, at most ${ALLOWLIST_ENTRIES_MOST} entries; none is no restriction.`),
    confirm_lockout: z
      .literal(true)
      .exactOptional()
      .describe('Saves the list although it locks out the address that this request comes from (I5).'),
  })
  .meta({ id: 'SetIpAllowlist', description: 'From where the portal and keys may be used.' });

/** How a list is taken away that its user would be locked out without. */
export const deleteIpAllowlistQuery = z.strictObject({
  confirm_lockout: z
    .literal('true')
    .exactOptional()
    .describe(
      "`true` deletes the list although the account's then locks out the address that this request comes from.",
    ),
});

const entry = z
  .strictObject({
    cidr: z.string().describe('An address or a CIDR range, in its canonical form.'),
    scope: scope.describe(SCOPE_TEXT),
    note: z.string().nullable().describe('What it is, for people; null is none.'),
  })
  .meta({ id: 'IpAllowlistEntry', description: 'An address or a range that is let in.' });

const list = {
  mode: z.enum(ALLOWLIST_MODES).describe(MODE_TEXT),
  entries: z.array(entry).describe('Where is let in from; empty is anywhere.'),
  changed_at: instant().nullable().describe('When the list was last set; null when there is none.'),
  your_address: z
    .string()
    .nullable()
    .describe('The address that this request came from, as lists are held against it; null when nobody can tell.'),
};

/** The account's IP allowlist (I1). */
export const ipAllowlist = z
  .strictObject({ object: z.literal('ip_allowlist').describe('Always `ip_allowlist`.'), ...list })
  .meta({ id: 'IpAllowlist', description: 'From where the portal and keys may be used.' });

/** One user's IP allowlist, and what is in force for them (I1). */
export const userIpAllowlist = z
  .strictObject({
    object: z.literal('user_ip_allowlist').describe('Always `user_ip_allowlist`.'),
    user_id: userId().describe('Whose list it is.'),
    ...list,
    in_force: z
      .strictObject({
        level: z.enum(['account', 'user']).describe("Whose list holds: the user's own replaces the account's."),
        mode: z.enum(ALLOWLIST_MODES).describe(MODE_TEXT),
        entries: z
          .array(
            z.strictObject({
              cidr: z.string().describe('An address or a CIDR range.'),
              scope: scope.describe(SCOPE_TEXT),
            }),
          )
          .describe('Where the user and their keys are let in from.'),
      })
      .nullable()
      .describe('The list that holds for the user; null when none does.'),
  })
  .meta({ id: 'UserIpAllowlist', description: 'From where one user and their keys may come.' });
