import type { OperatorAnswer } from '@claviger/contract';
import type { UserType } from '@claviger/core';

/** Every "no" that the operator's commands can get. The operator may know everything, so they name what is there and what is not. */
export type OperatorRefusal =
  /** T1: an address belongs to one user of the installation. */
  | { readonly kind: 'email-taken'; readonly email: string }
  | { readonly kind: 'account-unknown'; readonly id: string }
  | { readonly kind: 'user-unknown'; readonly email: string }
  | { readonly kind: 'not-an-owner'; readonly email: string; readonly userType: UserType }
  | { readonly kind: 'internal-key-unknown'; readonly id: string }
  | { readonly kind: 'internal-key-ended'; readonly id: string };

type Refused = Extract<OperatorAnswer, { readonly ok: false }>;

/** A refusal in one line, with how the program ends (T3). */
export function wordsOfOperator(refusal: OperatorRefusal): Refused {
  switch (refusal.kind) {
    case 'email-taken':
      return refused('conflict', `${refusal.email} is the address of a user already: take another one`);
    case 'account-unknown':
      return refused('not_found', `there is no account ${refusal.id}: claviger accounts list shows all`);
    case 'user-unknown':
      return refused('not_found', `nobody has the address ${refusal.email}: claviger accounts list shows all Owners`);
    case 'not-an-owner':
      return refused(
        'not_allowed',
        `${refusal.email} is of type ${refusal.userType}: links are for Owners, who help everybody else`,
      );
    case 'internal-key-unknown':
      return refused('not_found', `there is no internal key ${refusal.id}: claviger internal-keys list shows all`);
    case 'internal-key-ended':
      return refused('conflict', `the internal key ${refusal.id} has ended for good: create another one`);
  }
}

function refused(ending: Refused['ending'], line: string): Refused {
  return { ok: false, ending, line };
}
