import { z } from 'zod';
import { email, line, name } from './fields.ts';
import { FILTER_LONGEST } from './wire-limits.ts';

/** Accounts named in one command of the operator's. */
const ACCOUNTS_MOST = 100;
const named = (): z.ZodString => line(1, FILTER_LONGEST);
const accounts = z.array(named()).min(1).max(ACCOUNTS_MOST);

/** What the operator's command line asks of a running server, over a socket in its data folder. Ids are looked at there. */
export const operatorRequest = z.discriminatedUnion('act', [
  z.strictObject({
    act: z.literal('create_account').describe('Makes an account with its Owner, and a link for the first sign-in.'),
    name: name().describe('The name of the organisation, 1 to 200 characters.'),
    owner_email: email().describe('The e-mail address of the Owner, at most 254 characters.'),
    owner_name: name().describe('The name of the Owner, 1 to 200 characters.'),
  }),
  z.strictObject({ act: z.literal('list_accounts').describe('Lists all accounts with their Owners.') }),
  z.strictObject({
    act: z.literal('create_owner_link').describe('Ends the sessions of an Owner and makes a new sign-in link.'),
    of: line(1, 254).describe('The id of the account, or the e-mail address of its Owner.'),
  }),
  z.strictObject({ act: z.literal('list_internal_keys').describe('Lists internal keys, ended ones too.') }),
  z.strictObject({
    act: z
      .literal('create_internal_key')
      .describe('Makes an internal key; its text is in the answer and nowhere else.'),
    purpose: z.enum(['verify', 'feed']).describe('What it may be used for.'),
    account_ids: accounts.describe(`The accounts it answers for, 1 to ${ACCOUNTS_MOST}.`),
  }),
  z.strictObject({
    act: z.literal('bind_internal_key').describe('Lets an internal key answer for one more account.'),
    id: named().describe('The id of the internal key.'),
    account_id: named().describe('The id of the account.'),
  }),
  z.strictObject({
    act: z.literal('end_internal_key').describe('Ends an internal key for good.'),
    id: named().describe('The id of the internal key.'),
  }),
  z.strictObject({
    act: z
      .literal('lift_ip_allowlist')
      .describe('Lets the IP allowlists of an account and of its Owner refuse nobody any more: they monitor.'),
    account_id: named().describe('The id of the account.'),
  }),
  z.strictObject({
    act: z.literal('replace_sealing_key').describe('Makes a new sealing key and seals everything with it anew.'),
  }),
  z.strictObject({
    act: z.literal('forget_sealing_keys').describe('Takes those sealing keys out of their file that seal nothing.'),
  }),
  z.strictObject({
    act: z.literal('sealing_key_status').describe('Tells of each sealing key how much is sealed with it.'),
  }),
]);
export type OperatorRequest = z.output<typeof operatorRequest>;

/** Records to print, or why there are none, with the way the program ends. */
export const operatorAnswer = z.discriminatedUnion('ok', [
  z.strictObject({
    ok: z.literal(true).describe('It was done.'),
    records: z.array(z.record(z.string(), z.string().nullable())).describe('What came of it, name by name.'),
  }),
  z.strictObject({
    ok: z.literal(false).describe('It was not done.'),
    ending: z
      .enum(['fault', 'wrong_use', 'not_found', 'not_allowed', 'conflict', 'unreachable'])
      .describe('How the program ends.'),
    line: z.string().describe('What was refused and what to do next, in one line.'),
  }),
]);
export type OperatorAnswer = z.output<typeof operatorAnswer>;
