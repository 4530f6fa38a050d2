import type { KeyObject } from '@claviger/contract';
import type { Random } from '../support/random.ts';
import { keyCredential } from './move.ts';
import { ownerOf } from './people-moves.ts';
import type { Credential, World } from './world.ts';

/** Reads every key that there is for the Owner, by id. */
export async function listKeys(world: World, random: Random): Promise<ReadonlyMap<string, KeyObject>> {
  const owner = ownerOf(world.model);
  const credential: Credential = keyCredential(world.model, random, owner) ?? (await world.sessionOf(owner));
  const listed = new Map<string, KeyObject>();
  for (let cursor = ''; ; ) {
    const { status, body } = await world.call(credential, 'GET', `/v1/keys?limit=100${cursor}`);
    if (status !== 200) throw new Error(`the list answered ${status}: ${JSON.stringify(body)}`);
    for (const key of body['data'] as readonly KeyObject[]) listed.set(key.id, key);
    const next = body['next_cursor'];
    if (typeof next !== 'string') return listed;
    cursor = `&cursor=${encodeURIComponent(next)}`;
  }
}
