import fc from 'fast-check';
import { expect, test } from 'vitest';
import { caredForAt, type IdleFacts, idleStep, isIdle } from './idle-keys.ts';
import { DAY_MS, type Instant, instant } from './time.ts';

const NOW = instant(1_000 * DAY_MS);
const ago = (days: number, ms = 0): Instant => instant(NOW - days * DAY_MS + ms);
const PLAIN: IdleFacts = {
  createdAt: ago(500),
  lastUsedAt: null,
  enabledAt: null,
  rotation: null,
  idleReportedAt: null,
  expiresAt: null,
  disabledAt: null,
  forcedExpiry: null,
};

test.each<{ readonly title: string; readonly facts: Partial<IdleFacts>; readonly idle: boolean }>([
  { title: 'never used, created long ago', facts: {}, idle: true },
  { title: 'created 30 days ago to the millisecond', facts: { createdAt: ago(30) }, idle: true },
  { title: 'created a millisecond less than 30 days ago', facts: { createdAt: ago(30, 1) }, idle: false },
  { title: 'used 30 days ago to the millisecond', facts: { lastUsedAt: ago(30) }, idle: true },
  { title: 'used a millisecond less than 30 days ago', facts: { lastUsedAt: ago(30, 1) }, idle: false },
  { title: 'enabled yesterday', facts: { lastUsedAt: ago(90), enabledAt: ago(1) }, idle: false },
  { title: 'enabled 30 days ago', facts: { lastUsedAt: ago(90), enabledAt: ago(30) }, idle: true },
  { title: 'rotated yesterday', facts: { rotation: { rotatedAt: ago(1) } }, idle: false },
  { title: 'disabled', facts: { disabledAt: ago(60) }, idle: false },
  { title: 'force-expired', facts: { forcedExpiry: { at: ago(60) } }, idle: false },
  { title: 'at the instant of its expiry', facts: { expiresAt: NOW }, idle: false },
  { title: 'a millisecond before its expiry', facts: { expiresAt: ago(0, 1) }, idle: true },
])('under a rule of 30 days a key that is $title is idle: $idle (E14)', ({ facts, idle }) => {
  expect(isIdle({ ...PLAIN, ...facts }, { days: 30 }, NOW)).toBe(idle);
});

test.each<{
  readonly title: string;
  readonly facts?: Partial<IdleFacts>;
  readonly action: 'report' | 'disable';
  readonly since: Instant;
  readonly step: string;
}>([
  { title: 'reports what nobody was told of', action: 'report', since: ago(100), step: 'report' },
  { title: 'reports once', facts: { idleReportedAt: ago(1) }, action: 'report', since: ago(100), step: 'nothing' },
  {
    title: 'reports again after a use in between',
    facts: { idleReportedAt: ago(200), lastUsedAt: ago(100) },
    action: 'report',
    since: ago(300),
    step: 'report',
  },
  { title: 'disables nothing before the notice is over', action: 'disable', since: ago(7, 1), step: 'report' },
  {
    title: 'reports once while the notice runs',
    facts: { idleReportedAt: ago(1) },
    action: 'disable',
    since: ago(7, 1),
    step: 'nothing',
  },
  { title: 'disables at the end of the notice', action: 'disable', since: ago(7), step: 'disable' },
  {
    title: 'disables what it has reported',
    facts: { idleReportedAt: ago(3) },
    action: 'disable',
    since: ago(7),
    step: 'disable',
  },
  { title: 'leaves used keys alone', facts: { lastUsedAt: ago(1) }, action: 'disable', since: ago(7), step: 'nothing' },
])('a rule that would $action $title (E14)', ({ facts = {}, action, since, step }) => {
  expect(idleStep({ ...PLAIN, ...facts }, { days: 30, action, since }, NOW)).toBe(step);
});

test('a rule longer than there was time finds nothing idle', () => {
  expect(isIdle({ ...PLAIN, createdAt: instant(0) }, { days: 365 }, instant(364 * DAY_MS))).toBe(false);
});

test('whoever cares for a key ends its idle time, whatever else happened to it (E14)', () => {
  const moment = fc.integer({ min: 0, max: NOW }).map(instant);
  const maybe = fc.option(moment);
  const facts = fc.record({ createdAt: moment, lastUsedAt: maybe, enabledAt: maybe, idleReportedAt: maybe });
  fc.assert(
    fc.property(facts, fc.integer({ min: 1, max: 365 }), (given, days) => {
      const key = { ...PLAIN, ...given };
      expect(caredForAt({ ...key, enabledAt: NOW })).toBe(NOW);
      expect(isIdle({ ...key, enabledAt: NOW }, { days }, instant(NOW + days * DAY_MS - 1))).toBe(false);
      expect(isIdle({ ...key, enabledAt: NOW }, { days }, instant(NOW + days * DAY_MS))).toBe(true);
    }),
  );
});
