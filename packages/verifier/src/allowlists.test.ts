import type { IpAllowlistRecord } from '@claviger/contract';
import { parseIpAddress } from '@claviger/core';
import { expect, test } from 'vitest';
import { ask, createFollowedVerifier, settle } from './testing/followed-verifier.ts';
import { createMemoryFeed } from './testing/memory-feed.ts';
import { accountRecord, keyRecord, keyTextNumber, userIdNumber, userRecord } from './testing/sample-records.ts';

const listOf = (cidr: string): { ip_allowlist: IpAllowlistRecord } => ({
  ip_allowlist: { mode: 'enforce', entries: [{ cidr, scope: 'all' }] },
});

test('owners who differ in nothing but their lists are told apart, also after a change of the list alone (I1)', async () => {
  const feed = createMemoryFeed();
  for (const record of [accountRecord(), userRecord(1, listOf('192.0.2.1')), userRecord(2, listOf('192.0.2.2'))]) {
    feed.append(record);
  }
  for (const number of [1, 2]) feed.append(keyRecord(number, { owner_id: userIdNumber(number) }));
  const { verifier, follower, clock } = createFollowedVerifier(feed);
  await follower.start();
  const codes = (...addresses: readonly string[]): readonly string[] =>
    [1, 2].flatMap((number) =>
      addresses.map(
        (address) => verifier.decide(ask(keyTextNumber(number), clock.now(), { ip: parseIpAddress(address) })).code,
      ),
    );
  const no = 'ip_not_allowed';
  expect(codes('192.0.2.1', '192.0.2.2')).toEqual(['allowed', no, no, 'allowed']);
  feed.append(userRecord(1, listOf('192.0.2.2')));
  await settle();
  expect(codes('192.0.2.1', '192.0.2.2')).toEqual([no, 'allowed', no, 'allowed']);
  feed.append(accountRecord(1, listOf('192.0.2.3')));
  feed.append(userRecord(2));
  await settle();
  expect(codes('192.0.2.2', '192.0.2.3')).toEqual(['allowed', no, no, 'allowed']);
  await follower.stop();
});
