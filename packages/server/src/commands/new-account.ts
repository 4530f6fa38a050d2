import {
  DEFAULT_CATALOGUE,
  type Instant,
  NEVER_EXPIRES,
  newAccountId,
  PASSWORD_DEFAULT_SHORTEST,
  REMINDER_DAYS_DEFAULT,
  REMINDER_STEPS_DEFAULT,
  SESSION_HOURS_DEFAULT,
  SESSION_IDLE_MINUTES_DEFAULT,
} from '@claviger/core';
import type { Account } from '@claviger/storage';
import type { CommandDeps } from './deps.ts';

/** A new account with the settings that every account starts with: keys live for ever, reminders come 30 days ahead (E1, R1). */
export function newAccount(
  deps: Pick<CommandDeps, 'randomBytes'>,
  { name, createdAt }: { readonly name: string; readonly createdAt: Instant },
): Account {
  return {
    id: newAccountId(deps.randomBytes),
    name,
    createdAt,
    defaultKeys: 'both',
    reminderDays: REMINDER_DAYS_DEFAULT,
    reminderSteps: REMINDER_STEPS_DEFAULT,
    catalogue: DEFAULT_CATALOGUE,
    expiration: { lifespans: NEVER_EXPIRES, usersMayOnlyShorten: false },
    hasManagementByKeys: true,
    signIn: {
      passwordShortest: PASSWORD_DEFAULT_SHORTEST,
      secondFactor: 'none',
      sessionIdleMinutes: SESSION_IDLE_MINUTES_DEFAULT,
      sessionLongestHours: SESSION_HOURS_DEFAULT,
    },
    idleRule: null,
    auditRetentionDays: null,
    ipAllowlist: null,
  };
}
