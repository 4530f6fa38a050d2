import type { AnswerOf } from '@claviger/contract';
import type { Lifespan, ResourceCatalogue, SystemExpirationPolicy, UserId } from '@claviger/core';
import type { ReminderSettings } from '../commands/show-reminder-settings.ts';
import type { ShownUserExpirationPolicy } from '../commands/show-user-expiration-policy.ts';

/** The account's expiration policy (E1, E2). */
export function presentExpirationPolicy(policy: SystemExpirationPolicy): AnswerOf<'read_expiration_policy'> {
  return {
    object: 'expiration_policy',
    master: days(policy.lifespans.master),
    write_only: days(policy.lifespans.write_only),
    users_may_only_shorten: policy.usersMayOnlyShorten,
  };
}

/** One user's expiration policy; a kind without a lifespan of its own is left out (E3). */
export function presentUserExpirationPolicy(
  userId: UserId,
  { own, inForce }: ShownUserExpirationPolicy,
): AnswerOf<'read_user_expiration_policy'> {
  return {
    object: 'user_expiration_policy',
    user_id: userId,
    ...(own.master === undefined ? {} : { master: days(own.master) }),
    ...(own.write_only === undefined ? {} : { write_only: days(own.write_only) }),
    in_force: { master: days(inForce.master), write_only: days(inForce.write_only) },
  };
}

/** When owners of keys are told that they expire (R1, R4). */
export function presentReminderSettings(settings: ReminderSettings): AnswerOf<'read_reminder_settings'> {
  return {
    object: 'reminder_settings',
    days_before: settings.daysBefore,
    further_steps: [...settings.furtherSteps],
  };
}

/** What there is to permit (P3). */
export function presentCatalogue(catalogue: ResourceCatalogue): AnswerOf<'read_resource_catalogue'> {
  return {
    object: 'resource_catalogue',
    resource_types: catalogue.map(({ name, operations }) => ({
      name,
      operations: operations.map((operation) => ({
        name: operation.name,
        ingestion: operation.isIngestion,
        includes: [...operation.includes],
      })),
    })),
  };
}

function days(lifespan: Lifespan): { lifespan_days: number | null } {
  return { lifespan_days: lifespan };
}
