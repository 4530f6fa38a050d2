import { type KeyFacts, statusOf } from './key-status.ts';
import { IDLE_NOTICE_DAYS } from './limits.ts';
import { unreachable } from './result.ts';
import { DAY_MS, type Instant, plusMs } from './time.ts';

/** The idle rule of an account: what happens to keys that nobody used for so many days (E14). */
export type IdleRule = { readonly days: number; readonly action: 'report' | 'disable' };

/** What the rule needs to know of a key beside what decides whether it lives. */
export type IdleFacts = KeyFacts & {
  readonly createdAt: Instant;
  readonly lastUsedAt: Instant | null;
  /** When it was last enabled after it had been disabled. */
  readonly enabledAt: Instant | null;
  readonly rotation: { readonly rotatedAt: Instant } | null;
  /** When the rule last reported it. */
  readonly idleReportedAt: Instant | null;
};

/**
 * When somebody last cared for a key: used, created, rotated or enabled it. An idle time begins there, so that a key is
 * not idle again at once when somebody enables it, and a new secret has time to get to where it is used (E14).
 */
export function caredForAt({ createdAt, lastUsedAt, enabledAt, rotation }: IdleFacts): Instant {
  return Math.max(createdAt, lastUsedAt ?? 0, enabledAt ?? 0, rotation?.rotatedAt ?? 0) as Instant;
}

/** The latest instant at which somebody may have cared for a key that is idle at `now`; null when none can be that old. */
export function idleBefore({ days }: Pick<IdleRule, 'days'>, now: Instant): Instant | null {
  const before = now - days * DAY_MS;
  return before < 0 ? null : (before as Instant);
}

/** Whether a key is idle: active, and nobody cared for it for the rule's days, to the millisecond (E14). Expired and disabled keys are not. */
export function isIdle(key: IdleFacts, rule: Pick<IdleRule, 'days'>, now: Instant): boolean {
  const before = idleBefore(rule, now);
  return before !== null && statusOf(key, now).kind === 'active' && caredForAt(key) <= before;
}

/** From when on a rule disables: it was set or changed at `since`, and until then it only reports what it would disable. */
export function idleNoticeEndsAt(since: Instant): Instant {
  return plusMs(since, IDLE_NOTICE_DAYS * DAY_MS);
}

/**
 * What the rule does to a key at `now`: report it, once in each idle time, or disable it. Disabling begins when the notice
 * is over, so that whoever switches the rule on learns first what it will stop.
 */
export function idleStep(
  key: IdleFacts,
  rule: IdleRule & { readonly since: Instant },
  now: Instant,
): 'nothing' | 'report' | 'disable' {
  if (!isIdle(key, rule, now)) return 'nothing';
  const reported = wasReported(key) ? 'nothing' : 'report';
  switch (rule.action) {
    case 'report':
      return reported;
    case 'disable':
      return now >= idleNoticeEndsAt(rule.since) ? 'disable' : reported;
    default:
      return unreachable(rule.action);
  }
}

function wasReported(key: IdleFacts): boolean {
  return key.idleReportedAt !== null && key.idleReportedAt >= caredForAt(key);
}
