import type { Instant, UserId } from '@claviger/core';
import { counted, spanUntil, writtenDate } from '../dates.ts';
import { shortName } from '../layout.ts';
import type { Entry } from '../mail-words.ts';
import { type RemindableKey, remindableKeys } from '../remindable-keys.ts';
import { frameOf, keyDetail, KEYS_PAGE, type Word } from '../words.ts';

/** R2 to R6: keys that are about to expire, each with what is truly left of it as the mail leaves (R5). */
export const keysExpiring: Word<'keys_expiring'> = async (wording, { recipientId }) => {
  const keys = await remindableKeys(wording.reader, wording.mail, wording.now);
  const [first] = keys;
  if (first === undefined) return null;
  const isOne = keys.length === 1;
  const left = spanUntil(first.expiresAt, wording.now);
  const title = (name: (text: string) => string): string =>
    isOne
      ? `Your key “${name(first.key.name)}” expires in ${left}`
      : `${counted(keys.length, 'key')} of yours expire soon, the first in ${left}`;
  return {
    ...frameOf(wording),
    subject: title(shortName),
    heading: title((name) => name),
    blocks: [
      {
        kind: 'paragraph',
        text: isOne
          ? 'At that moment it stops working, for every caller:'
          : 'Each of them stops working, for every caller, at the moment given here:',
      },
      { kind: 'list', entries: keys.map((each) => entryOf(each, recipientId, wording.now)) },
      {
        kind: 'paragraph',
        text: 'Rotate a key that is still needed: it gets a new secret and a new expiry, and the old secret goes on working for as long as you choose, at most until it expires. A key that is no longer needed may simply expire.',
      },
      { kind: 'link', label: isOne ? 'See the key' : 'See the keys', url: `${wording.origin}${KEYS_PAGE}` },
    ],
    reason: 'You get this mail because you own these keys, or are a contact of the service account that does.',
  };
};

function entryOf({ key, owner, expiresAt }: RemindableKey, recipientId: UserId, now: Instant): Entry {
  const of = owner.id === recipientId ? '' : ` of ${owner.name}`;
  const left = spanUntil(expiresAt, now);
  return {
    title: key.name,
    detail: `${keyDetail(key)}${of}`,
    note: `Expires in ${left} (${writtenDate(expiresAt)})`,
  };
}
