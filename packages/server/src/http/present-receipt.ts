import type { AnswerOf } from '@claviger/contract';
import { formatInstant, formatVersion } from '@claviger/core';
import type { View } from './call.ts';

/** How far a change has spread: it is in force on this node before its call answers (D6, X1). */
export function presentReceipt({ now, version }: View): AnswerOf<'force_expire_key'>['receipt'] {
  return {
    version: version === null ? null : formatVersion(version),
    applied_by: version === null ? [] : [{ verifier: 'local', at: formatInstant(now) }],
    pending: [],
    lapsed: [],
    slowest_ms: version === null ? null : 0,
  };
}
