import { parseInstant } from '@claviger/core';
import { counted, writtenDate } from '../dates.ts';
import type { Block } from '../mail-words.ts';
import { frameOf, keyDetail, KEYS_PAGE, type Word } from '../words.ts';

/** E14: to administrators, keys that nobody has used. */
export const keysIdle: Word<'keys_idle'> = async (wording, { days, action, disablesFrom, count, keys }) => {
  const have = count === 1 ? 'has' : 'have';
  const isDisabling = action === 'disable';
  const title = isDisabling
    ? `${counted(count, 'idle key')} ${have} been disabled`
    : `${counted(count, 'key')} ${have} not been used for ${counted(days, 'day')}`;
  return {
    ...frameOf(wording),
    subject: title,
    heading: title,
    blocks: [
      {
        kind: 'paragraph',
        text: isDisabling
          ? `Nobody has used ${count === 1 ? 'this key' : 'these keys'} for ${counted(days, 'day')}. As your account asks for, ${count === 1 ? 'it is' : 'they are'} disabled now:`
          : `Nobody has used ${count === 1 ? 'this key' : 'these keys'} for ${counted(days, 'day')}. ${outlook(disablesFrom)}:`,
      },
      {
        kind: 'list',
        entries: keys.map((key) => ({ title: key.name, detail: keyDetail(key), note: `Owner: ${key.ownerName}` })),
      },
      ...(count > keys.length ? [further(count - keys.length)] : []),
      {
        kind: 'paragraph',
        text: isDisabling
          ? 'A key that is still needed can be enabled again and keeps its secret and its expiry. Delete what nobody misses.'
          : 'A key that nobody uses is a risk without a use. Ask its owner, then disable, force-expire or delete it.',
      },
      { kind: 'link', label: 'See the keys', url: `${wording.origin}${KEYS_PAGE}` },
    ],
    reason: 'You get this mail because you administer the account and it has a rule for idle keys.',
  };
};

/** What will become of reported keys that stay idle. */
function outlook(disablesFrom: string | null): string {
  const from = disablesFrom === null ? null : parseInstant(disablesFrom);
  if (from === null) return 'Nothing has been changed';
  return `From ${writtenDate(from)} on, what is still idle is disabled. Until then nothing is changed`;
}

function further(more: number): Block {
  return { kind: 'paragraph', text: `And ${counted(more, 'further key')}.` };
}
