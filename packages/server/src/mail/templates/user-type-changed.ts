import type { UserType } from '@claviger/core';
import type { Block } from '../mail-words.ts';
import { type FactsOf, frameOf, keyDetail, KEYS_PAGE, type Word } from '../words.ts';

const TYPES: Readonly<Record<UserType, { readonly title: string; readonly told: string }>> = {
  owner: {
    title: 'You are now the Owner',
    told: 'You may do everything in this account, and only you may hand it over.',
  },
  administrator: {
    title: 'You are now an administrator',
    told: 'You may perform every operation, and manage restricted users, their keys, policies and the settings of the account.',
  },
  restricted: {
    title: 'You are now a restricted user',
    told: 'From now on you and your keys may do what the policies attached to you permit, and nothing else.',
  },
};

/** U1, U3: what somebody now is. */
export const userTypeChanged: Word<'user_type_changed'> = async (wording, { to, by, disabledKeys }) => {
  const { title, told } = TYPES[to];
  const { name } = wording.account;
  return {
    ...frameOf(wording),
    subject: `${title} of ${name}`.replace('restricted user of', 'restricted user in'),
    heading: `${title} of ${name}`.replace('restricted user of', 'restricted user in'),
    blocks: [
      { kind: 'paragraph', text: `${by} changed your user type. ${told}` },
      ...blocksOfKeys(disabledKeys),
      { kind: 'link', label: 'See your keys', url: `${wording.origin}${KEYS_PAGE}` },
    ],
    reason: 'You get this mail because it is about your own rights. If it surprises you, ask the Owner.',
  };
};

/** Somebody else may still have the secrets of keys that they created: with the new rights they must not work on. */
function blocksOfKeys(keys: FactsOf<'user_type_changed'>['disabledKeys']): readonly Block[] {
  if (keys.length === 0) return [];
  const [these, are, each] = keys.length === 1 ? ['This key', 'is', 'it'] : ['These keys', 'are', 'each of them'];
  return [
    {
      kind: 'paragraph',
      text: `${these} ${are} disabled, because somebody else created ${keys.length === 1 ? 'it' : 'them'} and may have the secret. Rotate ${each} to go on with a secret that only you have:`,
    },
    { kind: 'list', entries: keys.map((key) => ({ title: key.name, detail: keyDetail(key), note: null })) },
  ];
}
