import { counted } from '../dates.ts';
import { frameOf, keyDetail, KEYS_PAGE, type Word } from '../words.ts';

/** U4: to whoever got keys of a deleted user. */
export const keysReassigned: Word<'keys_reassigned'> = async (wording, { formerOwner, by, isWidened, keys }) => {
  const belong = keys.length === 1 ? 'belongs' : 'belong';
  const rights = isWidened
    ? 'From now on each may do whatever you may do.'
    : `Each may go on doing what it could while it was ${formerOwner}’s, as far as you may do it yourself.`;
  return {
    ...frameOf(wording),
    subject: `${counted(keys.length, 'key')} now ${belong} to you`,
    heading: `${counted(keys.length, 'key')} now ${belong} to you`,
    blocks: [
      {
        kind: 'paragraph',
        text: `${by} deleted the user ${formerOwner} and made you the owner of ${keys.length === 1 ? 'this key' : 'these keys'}:`,
      },
      { kind: 'list', entries: keys.map((key) => ({ title: key.name, detail: keyDetail(key), note: null })) },
      {
        kind: 'paragraph',
        text: `Their secrets have not changed, so whatever uses them goes on working. ${rights} You will be told before one of them expires.`,
      },
      { kind: 'link', label: 'See your keys', url: `${wording.origin}${KEYS_PAGE}` },
    ],
    reason: 'You get this mail because you are now the owner.',
  };
};
