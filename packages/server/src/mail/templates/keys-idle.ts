import { counted } from '../dates.ts';
import { frameOf, keyDetail, KEYS_PAGE, type Word } from '../words.ts';

/** E14: to administrators, keys that nobody has used. */
export const keysIdle: Word<'keys_idle'> = async (wording, { days, action, keys }) => {
  const have = keys.length === 1 ? 'has' : 'have';
  const isDisabling = action === 'disable';
  const title = isDisabling
    ? `${counted(keys.length, 'idle key')} ${have} been disabled`
    : `${counted(keys.length, 'key')} ${have} not been used for ${counted(days, 'day')}`;
  return {
    ...frameOf(wording),
    subject: title,
    heading: title,
    blocks: [
      {
        kind: 'paragraph',
        text: isDisabling
          ? `Nobody has used ${keys.length === 1 ? 'this key' : 'these keys'} for ${counted(days, 'day')}. As your account asks for, ${keys.length === 1 ? 'it is' : 'they are'} disabled now:`
          : `Nobody has used ${keys.length === 1 ? 'this key' : 'these keys'} for ${counted(days, 'day')}. Nothing has been changed:`,
      },
      {
        kind: 'list',
        entries: keys.map((key) => ({ title: key.name, detail: keyDetail(key), note: `Owner: ${key.ownerName}` })),
      },
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
