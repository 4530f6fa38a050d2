import type { InvitationId, KeyId, KeyKind, MailId, PasswordResetId, UserId, UserType } from '@claviger/core';

/** A key as a mail names it: never a secret. */
export type NamedKey = { readonly id: KeyId; readonly name: string; readonly kind: KeyKind; readonly hint: string };

/**
 * Every mail there is, with the facts that its text is worded from when it is sent. Facts are JSON, are kept in the
 * outbox and hold no secret: links are worked out from ids, and what may have changed is read again.
 */
export type MailMessage =
  /** U2. The link is worked out from the id and how often the invitation was sent again. */
  | {
      readonly template: 'invitation';
      readonly facts: { readonly invitationId: InvitationId; readonly resends: number; readonly invitedBy: string };
    }
  /** U4: to whoever got keys of a deleted user. */
  | {
      readonly template: 'keys_reassigned';
      readonly facts: {
        readonly formerOwner: string;
        readonly by: string;
        readonly isWidened: boolean;
        readonly keys: readonly NamedKey[];
      };
    }
  /** K12: somebody presented the key to be ended, and this is what became of it. */
  | {
      readonly template: 'key_self_revoked';
      readonly facts: {
        readonly key: NamedKey;
        readonly outcome: 'key-ended' | 'overlap-ended' | 'reported';
        readonly at: string;
      };
    }
  /**
   * R2 to R6: keys that are about to expire. Which they are is not kept here: more may join while the mail waits, and some
   * may be gone when it leaves. `remindableKeys` tells at each attempt; the mail is dropped when none is left.
   */
  | { readonly template: 'keys_expiring'; readonly facts: { readonly recipientId: UserId } }
  /** R7: to the Owner, when a mail could not be delivered for good. */
  | {
      readonly template: 'mail_failed';
      readonly facts: {
        readonly mailId: MailId;
        readonly recipient: string;
        readonly subject: string;
        readonly answer: string;
      };
    }
  /** E14: to administrators, keys that nobody has used. */
  | {
      readonly template: 'keys_idle';
      readonly facts: {
        readonly days: number;
        readonly action: 'report' | 'disable';
        /** When reported keys will be disabled from; null when they will not. */
        readonly disablesFrom: string | null;
        /** How many keys there are; `keys` names the latest of them. */
        readonly count: number;
        readonly keys: readonly (NamedKey & { readonly ownerName: string })[];
      };
    }
  /** U7: to whoever asked for a new password. The link is worked out from the id. */
  | { readonly template: 'password_reset'; readonly facts: { readonly resetId: PasswordResetId } }
  /** U1, U3: what somebody now is. */
  | {
      readonly template: 'user_type_changed';
      readonly facts: { readonly to: UserType; readonly by: string; readonly disabledKeys: readonly NamedKey[] };
    };

/** The name of a mail's text. */
export type MailTemplate = MailMessage['template'];
