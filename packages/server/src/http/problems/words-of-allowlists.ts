import type { AddressRefusal, LockoutRefusal } from '../../refusal.ts';
import { type WordsOf, words } from './problem-words.ts';

/** Refusals by IP allowlists (I3, I5). */
export const ALLOWLIST_WORDS: WordsOf<AddressRefusal | LockoutRefusal> = {
  'ip-not-allowed': ({ level, address }) => {
    const whose = level === 'user' ? 'Your own IP allowlist' : 'The IP allowlist of the account';
    const from = address === null ? 'a request whose address nobody can tell' : `requests from ${address}`;
    const detail = `${whose} does not let in ${from}. Come from an address on it, or ask the Owner or an administrator to add this one.`;
    return words('ip_not_allowed', detail, {});
  },
  'lockout-unconfirmed': ({ address }) => {
    const who = address === null ? 'requests like this one, whose address nobody can tell,' : `your address ${address}`;
    const detail = `After this change ${who} would be refused. Add it, or send \`confirm_lockout\` if that is meant.`;
    return words('lockout_unconfirmed', detail, { your_address: address });
  },
};
