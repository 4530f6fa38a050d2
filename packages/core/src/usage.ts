import { DAY_MS, HOUR_MS } from './time.ts';

/** Days. How long counts of decisions are kept (D13). */
export const USAGE_DAYS_KEPT = 400;

/** How usage can be summed up: how long a step is, and how many are told when nobody says from when. */
export const USAGE_STEPS = {
  hour: { lengthMs: HOUR_MS, shownUnasked: 48 },
  day: { lengthMs: DAY_MS, shownUnasked: 30 },
} as const;
export type UsageStep = keyof typeof USAGE_STEPS;
