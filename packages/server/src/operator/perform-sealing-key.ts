import type { OperatorAnswer } from '@claviger/contract';
import type { Origin } from '@claviger/core';
import { forgetSealingKeys, replaceSealingKey, type SealingKeyDeps } from '../sealing-key/replace.ts';
import { countRemaining, type Remaining } from '../sealing-key/reseal.ts';

type Records = Extract<OperatorAnswer, { readonly ok: true }>['records'];

/** Does what the operator asked of the sealing key (K7). */
export async function performOnSealingKey(
  deps: SealingKeyDeps,
  origin: Origin,
  act: 'replace_sealing_key' | 'forget_sealing_keys' | 'sealing_key_status',
): Promise<OperatorAnswer> {
  if (act === 'replace_sealing_key') return replace(deps, origin);
  if (act === 'sealing_key_status') return { ok: true, records: recordsOf(deps, await countRemaining(deps)) };
  const { forgotten, remaining } = await forgetSealingKeys(deps, origin);
  if (forgotten.length > 0) return { ok: true, records: recordsOf(deps, remaining) };
  const isOnly = deps.sealer.keys().length === 1;
  const why = isOnly
    ? 'there is no former sealing key'
    : deps.source === 'setting'
      ? 'the sealing keys stand in CLAVIGER_SEALING_KEY: take out those that claviger sealing-key status says seal nothing'
      : 'every former sealing key still seals something: see claviger sealing-key status';
  return { ok: false, ending: 'conflict', line: why };
}

async function replace(deps: SealingKeyDeps, origin: Origin): Promise<OperatorAnswer> {
  const replacement = await replaceSealingKey(deps, origin);
  switch (replacement.kind) {
    case 'in-use':
      return { ok: true, records: recordsOf(deps, replacement.remaining) };
    case 'to-be-set': {
      const next =
        'put the key and a comma in front of what CLAVIGER_SEALING_KEY holds, on every node, start them again, then run this again';
      return { ok: true, records: [{ key: `${replacement.number}:${replacement.key.reveal()}`, next }] };
    }
    case 'to-be-copied': {
      const next =
        'copy the file sealing-key of this data folder to every other node, start them again, then run this again';
      return { ok: true, records: [{ number: String(replacement.number), next }] };
    }
  }
}

/** One record for each key; never its text. */
function recordsOf({ sealer }: SealingKeyDeps, { byNumber, unreadable }: Remaining): Records {
  const inUse = sealer.numberInUse();
  return sealer.keys().map(({ number }) => ({
    number: String(number),
    state: number === inUse ? 'in_use' : number > inUse ? 'not_yet_used' : 'former',
    rows_to_seal_anew: String(byNumber.get(number) ?? 0),
    may_be_forgotten: String(number < inUse && !byNumber.has(number)),
    ...(number === inUse && unreadable > 0 ? { rows_that_no_key_sealed: String(unreadable) } : {}),
  }));
}
