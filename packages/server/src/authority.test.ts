import type { FeedEntry } from '@claviger/contract';
import { instant, ok, refuse } from '@claviger/core';
import type { ChangeContext, Committed, KeyEnd, Store } from '@claviger/storage';
import { expect, test } from 'vitest';
import { createAuthority } from './authority.ts';

const context = { storable: instant(7) } as ChangeContext;
const entry = { n: 5 } as FeedEntry;
const end = { version: { epoch: 1, n: 5 } } as KeyEnd;

function storeThat(outcome: Partial<Committed<string>> | 'refuses', log: string[]): Pick<Store, 'change'> {
  const change = async () => {
    log.push('commit');
    if (outcome === 'refuses') return refuse('no');
    return ok({ value: 'done', version: { epoch: 1, n: 5 }, entries: [entry], ends: [end], ...outcome });
  };
  return { change: change as unknown as Store['change'] };
}

function authorityOver(outcome: Partial<Committed<string>> | 'refuses') {
  const log: string[] = [];
  const change = createAuthority({
    store: storeThat(outcome, log),
    verifier: { apply: async (entries) => void log.push(`apply ${entries.length}`) },
    endedLog: { append: async (ends) => void log.push(`append ${ends.length}`) },
    clock: { raise: (at) => void log.push(`raise ${at}`) },
  });
  return { log, run: () => change(context, async () => ok('')) };
}

test('a change answers only after the commit, the local verifier and the ended log, in this order (X1, D3)', async () => {
  const { log, run } = authorityOver({});
  expect(await run()).toMatchObject({ ok: true });
  expect(log).toEqual(['commit', 'raise 7', 'apply 1', 'append 1']);
});

test('a repetition that changes nothing still finishes what the first call left open (D3)', async () => {
  const { log, run } = authorityOver({ version: null, entries: [], ends: [] });
  await run();
  expect(log).toEqual(['commit', 'append 0']);
});

test('a refusal tells nobody anything', async () => {
  const { log, run } = authorityOver('refuses');
  expect(await run()).toEqual({ ok: false, refusal: 'no' });
  expect(log).toEqual(['commit']);
});
