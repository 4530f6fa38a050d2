import { describe } from 'vitest';
import { bulkContract } from './bulk.contract.ts';
import { chainContract } from './chain.contract.ts';
import type { DatabaseOpener } from './database.ts';
import { damageContract } from './damage.contract.ts';
import { eventListContract } from './event-lists.contract.ts';
import { feedContract } from './feed.contract.ts';
import { idleKeyContract } from './idle-keys.contract.ts';
import { importContract } from './imports.contract.ts';
import { invitationContract } from './invitations.contract.ts';
import { ipAllowlistContract } from './ip-allowlists.contract.ts';
import { keyContract } from './keys.contract.ts';
import { listContract } from './lists.contract.ts';
import { outboxContract } from './outbox.contract.ts';
import { misuseContract } from './misuse.contract.ts';
import { passwordResetContract } from './password-resets.contract.ts';
import { peopleContract } from './people.contract.ts';
import { propertyContract } from './properties.contract.ts';
import { reminderContract } from './reminders.contract.ts';
import { replayContract } from './replays.contract.ts';
import { reassignmentContract } from './reassignments.contract.ts';
import { resealingContract } from './resealing.contract.ts';
import { sealContract } from './seals.contract.ts';
import { sessionContract } from './sessions.contract.ts';
import { usageContract } from './usage.contract.ts';
import { webhookContract } from './webhooks.contract.ts';
import { userDeletionContract } from './user-deletion.contract.ts';

/** What every engine promises: run it on each, with an opener that makes an empty database for each test. */
export function storeContract(name: string, opener: DatabaseOpener): void {
  describe(`the store on ${name}`, () => {
    chainContract(opener);
    keyContract(opener);
    importContract(opener);
    bulkContract(opener);
    idleKeyContract(opener);
    passwordResetContract(opener);
    peopleContract(opener);
    userDeletionContract(opener);
    reassignmentContract(opener);
    sessionContract(opener);
    invitationContract(opener);
    listContract(opener);
    eventListContract(opener);
    reminderContract(opener);
    replayContract(opener);
    ipAllowlistContract(opener);
    webhookContract(opener);
    feedContract(opener);
    resealingContract(opener);
    sealContract(opener);
    damageContract(opener);
    outboxContract(opener);
    usageContract(opener);
    misuseContract(opener);
    propertyContract(opener);
  });
}
