import {
  isWebOrigin,
  type KeyKind,
  METADATA_BYTES_LARGEST,
  ok,
  parseIpRange,
  refuse,
  type Result,
} from '@claviger/core';
import type { Key } from '@claviger/storage';
import type { FieldProblem, FieldRefusal, LimitRefusal } from '../refusal.ts';
import { formatIpRange } from './ip-range-text.ts';

/** The parts of a key that need no look at anybody's rights. Absent ones are left alone. */
export type KeyBounds = Partial<Pick<Key, 'allowedIps' | 'allowedOrigins' | 'metadata'>>;

/** Checks ranges, origins and metadata (K5), all fields at once, and gives ranges back in canonical text without doubles. */
export function parseBounds<T extends KeyBounds>(kind: KeyKind, asked: T): Result<T, FieldRefusal | LimitRefusal> {
  const problems = [...rangeProblems(asked.allowedIps ?? []), ...originProblems(asked.allowedOrigins ?? [])];
  if (problems.length > 0) return refuse({ kind: 'malformed-fields', problems });
  // A page shows its key to every visitor: only a key that can do nothing but write may stand in one (K5, D15).
  if (kind === 'master' && (asked.allowedOrigins ?? []).length > 0) {
    return refuse({ kind: 'origins-on-master-key', pointer: '/allowed_origins' });
  }
  const bytes = Buffer.byteLength(JSON.stringify(asked.metadata ?? {}));
  if (bytes > METADATA_BYTES_LARGEST) {
    return refuse({ kind: 'metadata-too-large', pointer: '/metadata', bytes, largestBytes: METADATA_BYTES_LARGEST });
  }
  return ok({
    ...asked,
    ...(asked.allowedIps === undefined ? {} : { allowedIps: canonicalRanges(asked.allowedIps) }),
    ...(asked.allowedOrigins === undefined ? {} : { allowedOrigins: [...new Set(asked.allowedOrigins)] }),
  });
}

function rangeProblems(texts: readonly string[]): readonly FieldProblem[] {
  return texts.flatMap((value, index) =>
    parseIpRange(value) === null ? [{ pointer: `/allowed_ips/${index}`, kind: 'not-an-ip-range', value }] : [],
  );
}

function originProblems(texts: readonly string[]): readonly FieldProblem[] {
  return texts.flatMap((value, index) =>
    isWebOrigin(value) ? [] : [{ pointer: `/allowed_origins/${index}`, kind: 'not-a-web-origin', value }],
  );
}

function canonicalRanges(texts: readonly string[]): readonly string[] {
  const ranges = texts.map(parseIpRange).filter((range) => range !== null);
  return [...new Set(ranges.map(formatIpRange))];
}
