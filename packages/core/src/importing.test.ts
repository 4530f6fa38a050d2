import { expect, test } from 'vitest';
import { mayImport, parseDigest } from './importing.ts';

test.each([
  { userType: 'owner', kind: 'master', may: true },
  { userType: 'owner', kind: 'write_only', may: true },
  { userType: 'administrator', kind: 'master', may: false },
  { userType: 'administrator', kind: 'write_only', may: true },
  { userType: 'restricted', kind: 'master', may: false },
  { userType: 'restricted', kind: 'write_only', may: false },
] as const)('$userType may import $kind keys: $may (K13)', ({ userType, kind, may }) => {
  expect(mayImport(userType, kind)).toBe(may);
});

test.each([
  { text: 'a'.repeat(64), digest: 'a'.repeat(64) },
  { text: '0123456789abcdefABCDEF'.padEnd(64, 'F'), digest: '0123456789abcdefabcdef'.padEnd(64, 'f') },
  { text: 'a'.repeat(63), digest: null },
  { text: 'a'.repeat(65), digest: null },
  { text: `${'a'.repeat(63)}g`, digest: null },
  { text: `${'a'.repeat(63)} `, digest: null },
  { text: `${'a'.repeat(64)}\n`, digest: null },
  { text: '', digest: null },
])('a digest is 64 hex digits, kept in lower case: $text (K13)', ({ text, digest }) => {
  expect(parseDigest(text)).toBe(digest);
});
