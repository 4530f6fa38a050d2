import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { KeyWithSecretObject, UserObject } from '@claviger/contract';
import { OWNER_PASSWORD } from '../support/api-client.ts';
import { expectEvent, type Type } from './facts.ts';
import { ownerOf } from './people-moves.ts';
import { addAnsweredPerson, addKey, type World } from './world.ts';

/** Who takes part beside the Owner. */
const PEOPLE: readonly Type[] = ['administrator', 'administrator', 'restricted', 'restricted', 'restricted'];
/** Mails are written within seconds of their change; how many, on a clock that goes in strokes, is not this test's business. */
const STROKE_MS = 5_000;
const STROKES_MOST = 60;

/** Invites people and accepts for each, by the link in the mail (U2, K2). */
export async function invitePeople(world: World): Promise<void> {
  for (const [index, type] of PEOPLE.entries()) await invite(world, `person${index}@walk.example`, type);
  for (const [index] of PEOPLE.entries()) await accept(world, `person${index}@walk.example`);
}

async function invite(world: World, email: string, type: Type): Promise<void> {
  const owner = await world.sessionOf(ownerOf(world.model));
  const body = { email, name: email, user_type: type };
  const invited = await world.call(owner, 'POST', '/v1/invitations', body);
  if (invited.status !== 201) throw new Error(`the invitation answered ${JSON.stringify(invited.body)}`);
  expectEvent(world.model, 'user.invited');
}

async function accept(world: World, email: string): Promise<void> {
  const { model } = world;
  const body = { token: await tokenFor(world, email), password: OWNER_PASSWORD };
  const answer = await world.ask({ credential: null, method: 'POST', path: '/v1/invitations/accept', body });
  if (answer.status !== 201) throw new Error(`the acceptance answered ${answer.body}`);
  const { user, keys } = JSON.parse(answer.body) as { user: UserObject; keys: readonly KeyWithSecretObject[] };
  addAnsweredPerson(model, user);
  for (const key of keys) addKey(model, key, { userId: user.id, keyId: null });
  for (const name of ['user.created', 'invitation.accepted', 'session.created']) expectEvent(model, name);
  expectEvent(model, 'key.created', keys.length);
}

/** The token in the mail to an address: without a mail server mails are files. */
async function tokenFor(world: World, email: string): Promise<string> {
  for (let stroke = 0; stroke < STROKES_MOST; stroke += 1) {
    const mail = mailsIn(world.claviger().dataDir).find((text) => text.includes(`To: ${email}`)) ?? '';
    const token = /\/invitation#([\w-]{43})/.exec(mail.replaceAll(/=\r?\n/g, ''))?.[1];
    if (token !== undefined) return token;
    await world.pass(STROKE_MS);
  }
  throw new Error(`no invitation for ${email} was sent\n${world.log()}`);
}

function mailsIn(dataDir: string): readonly string[] {
  const folder = join(dataDir, 'outbox');
  if (!existsSync(folder)) return [];
  const files = readdirSync(folder).filter((name) => name.endsWith('.eml'));
  return files.map((name) => readFileSync(join(folder, name), 'utf8'));
}
