import {
  DAY_MS,
  formatInstant,
  type Instant,
  lifespan,
  MINUTE_MS,
  newInvitationId,
  newMailId,
  newPasswordResetId,
  PASSWORD_RESET_MS,
  plusMs,
} from '@claviger/core';
import type { Key, LeasedMail } from '@claviger/storage';
import { PLAIN_KEY, type Scene, START } from '../../commands/testing/scene.ts';
import { invitationToken } from '../../commands/invitation-link.ts';
import { passwordResetToken } from '../../commands/password-reset-link.ts';
import { composeMail } from '../compose-mail.ts';
import type { WordedMail } from '../layout.ts';
import type { MailMessage, MailTemplate, NamedKey } from '../messages.ts';
import { wordMail } from '../word-mail.ts';

/** When samples are sent: a little after everything happened. */
const SAMPLES_SENT_AT: Instant = plusMs(START, 10 * MINUTE_MS);

/** A mail as customers get it. */
export type SampleMail = {
  readonly name: string;
  readonly template: MailTemplate;
  readonly worded: WordedMail;
  /** The file that a mail reader opens. */
  readonly bytes: Buffer;
};

const ORIGIN = 'https://keys.northwind.example';

/** One of each mail, and more where it matters, worded from a real store. */
export async function sampleMails(scene: Scene): Promise<readonly SampleMail[]> {
  const samples: SampleMail[] = [];
  for (const [name, message] of Object.entries(await messages(scene))) {
    samples.push(await sampleOf(scene, name, message));
  }
  return samples;
}

/** Words and composes a mail as the sender does. */
export async function sampleOf(scene: Scene, name: string, { mail, template }: Draft): Promise<SampleMail> {
  const { read, sealer, digestOf } = scene.deps;
  const worded = await wordMail({ read, sealer, digestOf, origin: ORIGIN }, mail, SAMPLES_SENT_AT);
  if (worded === null) throw new Error(`the sample ${name} has nothing to tell`);
  const from = { name: 'Claviger', address: 'claviger@keys.northwind.example' };
  const { id, recipient } = mail;
  const sender = { from, host: 'keys.northwind.example' };
  const { bytes } = await composeMail(sender, { id, recipient, template, worded, now: SAMPLES_SENT_AT });
  return { name, template, worded, bytes };
}

export type Draft = { readonly mail: LeasedMail; readonly template: MailTemplate };

/** A mail of these facts, as a sender holds it. */
export function draftOf(scene: Scene, message: MailMessage, recipient = 'rita@northwind.example'): Draft {
  const mail: LeasedMail = {
    id: newMailId(scene.deps.randomBytes),
    accountId: scene.account.id,
    recipient,
    template: message.template,
    facts: message.facts,
    createdAt: START,
    dueAt: START,
    leaseId: 'sample',
    attempts: 0,
    firstRefusedAt: null,
  };
  return { mail, template: message.template };
}

async function messages(scene: Scene): Promise<Readonly<Record<string, Draft>>> {
  const keys = await sampleKeys(scene);
  const [first, second, third, single] = keys.map(named);
  if (first === undefined || second === undefined || third === undefined || single === undefined)
    throw new Error('four keys were made');
  const at = formatInstant(START);
  const selfRevoked = (outcome: 'key-ended' | 'overlap-ended' | 'reported') =>
    draftOf(scene, { template: 'key_self_revoked', facts: { key: first, outcome, at } });
  return {
    invitation: await invitationDraft(scene),
    'keys-expiring': await expiringDraft(scene, keys.slice(0, 3)),
    'key-expiring': await expiringDraft(scene, keys.slice(3)),
    'key-self-revoked': selfRevoked('key-ended'),
    'key-overlap-ended': selfRevoked('overlap-ended'),
    'key-reported': selfRevoked('reported'),
    'keys-reassigned': draftOf(scene, {
      template: 'keys_reassigned',
      facts: { formerOwner: 'Jonas Weber', by: 'Olga Lind', isWidened: false, keys: [first, second] },
    }),
    'keys-idle': draftOf(scene, {
      template: 'keys_idle',
      facts: {
        days: 90,
        action: 'report',
        disablesFrom: null,
        count: 2,
        keys: [second, third].map((key) => ({ ...key, ownerName: 'Rita Moreno' })),
      },
    }),
    'password-reset': await passwordResetDraft(scene),
    'user-type-changed': draftOf(scene, {
      template: 'user_type_changed',
      facts: { to: 'administrator', by: 'Olga Lind', disabledKeys: [third] },
    }),
    'mail-failed': draftOf(
      scene,
      {
        template: 'mail_failed',
        facts: {
          mailId: newMailId(scene.deps.randomBytes),
          recipient: 'rita@northwnd.example',
          subject: 'Olga Lind invites you to Northwind',
          answer: '550 5.1.1 <rita@northwnd.example>: Recipient address rejected: User unknown',
        },
      },
      'olga@northwind.example',
    ),
  };
}

/** Three keys that expire in one, seven and thirty days, and one more. */
async function sampleKeys(scene: Scene): Promise<readonly Key[]> {
  const wanted = [
    { name: 'Checkout events', kind: 'write_only', lifespan: lifespan(1) },
    { name: 'Nightly export to the warehouse', kind: 'master', lifespan: lifespan(7) },
    { name: 'Dashboard of the sales team', kind: 'master', lifespan: lifespan(30) },
    { name: 'Status page', kind: 'master', lifespan: lifespan(7) },
  ] as const;
  const keys: Key[] = [];
  for (const each of wanted) keys.push((await scene.give('olga', { ...PLAIN_KEY, ...each })).key);
  return keys;
}

async function expiringDraft(scene: Scene, keys: readonly Key[]): Promise<Draft> {
  const recipient = await scene.person('olga');
  const draft = draftOf(scene, { template: 'keys_expiring', facts: { recipientId: recipient.id } });
  await scene.arrange((change) =>
    change.reminders.intend({
      mailId: draft.mail.id,
      accountId: scene.account.id,
      recipientId: recipient.id,
      intendedAt: START,
      leavesAt: START,
      keys: keys.map((key, index) => ({ key, stepDays: index })),
    }),
  );
  return draft;
}

/** The mail of an invitation that waits for its answer. */
export async function invitationDraft(scene: Scene): Promise<Draft> {
  const id = newInvitationId(scene.deps.randomBytes);
  const inviter = await scene.person('olga');
  const digest = scene.deps.digestOf(invitationToken(scene.deps, { id, resends: 0 }));
  await scene.arrange((change) =>
    change.invitations.create(
      {
        id,
        accountId: scene.account.id,
        email: 'rita@northwind.example',
        name: 'Rita Moreno',
        userType: 'restricted',
        invitedBy: inviter.id,
        createdAt: START,
        sentAt: START,
        expiresAt: plusMs(START, 7 * DAY_MS),
        resends: 0,
      },
      digest,
    ),
  );
  return draftOf(scene, { template: 'invitation', facts: { invitationId: id, resends: 0, invitedBy: 'Olga Lind' } });
}

async function passwordResetDraft(scene: Scene): Promise<Draft> {
  const id = newPasswordResetId(scene.deps.randomBytes);
  const digest = scene.deps.digestOf(passwordResetToken(scene.deps, id));
  const { id: userId, accountId } = await scene.person('rita');
  const endsAt = plusMs(START, PASSWORD_RESET_MS);
  await scene.arrange((change) =>
    change.passwordResets.create({ id, digest, accountId, userId, createdAt: START, endsAt, endedAt: null }),
  );
  return draftOf(scene, { template: 'password_reset', facts: { resetId: id } });
}

function named({ id, name, kind, hint }: Key): NamedKey {
  return { id, name, kind, hint };
}
