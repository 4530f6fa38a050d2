import { type Instant, parseInstant } from '@claviger/core';
import { writtenDate } from '../dates.ts';
import { shortName } from '../layout.ts';
import type { Block } from '../mail-words.ts';
import type { NamedKey } from '../messages.ts';
import { type FactsOf, frameOf, keyDetail, KEYS_PAGE, type Word } from '../words.ts';

type Outcome = FactsOf<'key_self_revoked'>['outcome'];

/** K12: somebody presented a key to have it ended, and this is what became of it. */
export const keySelfRevoked: Word<'key_self_revoked'> = async (wording, { key, outcome, at }) => {
  const { title, told, steps } = WORDS[outcome](key, parseInstant(at) ?? wording.now);
  return {
    ...frameOf(wording),
    subject: title(shortName(key.name)),
    heading: title(key.name),
    blocks: [
      { kind: 'list', entries: [{ title: key.name, detail: keyDetail(key), note: null }] },
      { kind: 'paragraph', text: told },
      { kind: 'steps', steps },
      { kind: 'link', label: 'See your keys', url: `${wording.origin}${KEYS_PAGE}` },
      ...NOTE,
    ],
    reason: 'You get this mail because the key is yours.',
  };
};

const NOTE: readonly Block[] = [
  {
    kind: 'note',
    text: 'Whoever holds the secret of a key can have it ended, so that a key found in public does no harm. Nobody needs an account for that, so we cannot tell you who it was.',
  },
];

type Words = {
  readonly title: (name: string) => string;
  readonly told: string;
  readonly steps: readonly string[];
};

const FIND_OUT =
  'Find out where it was seen: in a repository, a log, a chat, a web page. Make sure that its successor does not end up there.';

const WORDS: Readonly<Record<Outcome, (key: NamedKey, at: Instant) => Words>> = {
  'key-ended': (_key, at) => ({
    title: (name) => `Your key “${name}” was reported as leaked and force-expired`,
    told: `Somebody presented this key on ${writtenDate(at)} to have it ended. It stopped working at that moment, for every caller, and cannot be restored.`,
    steps: [
      'Create a new key and put it wherever this one was used.',
      FIND_OUT,
      'Look when the key was last used: a call that was made after it leaked need not have been yours.',
    ],
  }),
  'overlap-ended': (_key, at) => ({
    title: (name) => `The old secret of your key “${name}” was reported as leaked`,
    told: `Somebody presented the old secret of this key on ${writtenDate(at)} to have it ended. The overlap is over: the old secret stopped working at that moment. The key itself and its new secret go on working.`,
    steps: ['Put the new secret wherever the old one is still used.', FIND_OUT],
  }),
  reported: (_key, at) => ({
    title: (name) => `Your key “${name}” was reported`,
    told: `Somebody presented this key on ${writtenDate(at)} to have it ended. It was not: a key that is bound to web origins stands in public pages and is public by nature. It goes on working for its origins only.`,
    steps: [
      'If the key is meant to be in a web page, there is nothing to do.',
      'If not, rotate it, or force-expire it and create a new one.',
    ],
  }),
};
