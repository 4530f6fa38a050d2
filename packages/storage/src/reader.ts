import type { Kysely } from 'kysely';
import { accountReader } from './accounts.ts';
import { catalogueReader } from './catalogues.ts';
import type { Dialect } from './dialect.ts';
import { eventReader } from './event-list.ts';
import { idleKeyReader } from './idle-keys.ts';
import { internalKeyReader } from './internal-keys.ts';
import { invitationReader } from './invitations.ts';
import { keyReader } from './key-reader.ts';
import { outboxReader } from './outbox.ts';
import { passwordResetReader } from './password-resets.ts';
import { policyReader } from './policies.ts';
import { reminderReader } from './reminders.ts';
import { findReplay } from './replays.ts';
import type { Tables } from './schema.ts';
import { secondFactorReader } from './second-factors.ts';
import { sessionReader } from './sessions.ts';
import { signInLinkReader } from './sign-in-links.ts';
import type { Reader } from './store.ts';
import type { StoreDeps } from './store-deps.ts';
import { usageReader } from './usage.ts';
import { userReader } from './users.ts';
import { webhookReader } from './webhooks.ts';

/** Everything that can be read, on one connection: inside a change that is the change's own. */
export function createReader(db: Kysely<Tables>, dialect: Dialect, deps: StoreDeps): Reader {
  return {
    accounts: accountReader(db),
    catalogues: catalogueReader(db, dialect),
    users: userReader(db, dialect),
    keys: keyReader(db, dialect, deps),
    invitations: invitationReader(db),
    idleKeys: idleKeyReader(db),
    policies: policyReader(db, dialect),
    sessions: sessionReader(db),
    signInLinks: signInLinkReader(db),
    passwordResets: passwordResetReader(db),
    secondFactors: secondFactorReader(db),
    internalKeys: internalKeyReader(db),
    usage: usageReader(db),
    webhooks: webhookReader(db),
    events: eventReader(db, dialect),
    reminders: reminderReader(db, dialect),
    outbox: outboxReader(db),
    findReplay: findReplay(db),
  };
}
