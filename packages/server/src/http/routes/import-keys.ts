import { HINT_OF_IMPORTED, parseDigest } from '@claviger/core';
import type { ImportEntry } from '../../commands/import-entry.ts';
import { importKeys } from '../../commands/import-keys.ts';
import { type Call, changing, type Implementation } from '../call.ts';
import { createKeyInput } from '../create-key-input.ts';
import { presentKey } from '../present.ts';

/** `POST /v1/keys/import` (K13): only digests come in, and no secret goes out. */
export const importKeysRoute: Implementation<'import_keys'> = changing({
  run: (deps, { context, body }) => importKeys(deps.commands, context, body.keys.map(entryOf)),
  present: (shown, { now }) => ({ object: 'list', data: shown.map((key) => presentKey(key, now)) }),
});

function entryOf(wire: Call<'import_keys'>['body']['keys'][number]): ImportEntry {
  return {
    // The schema has seen to its form.
    digest: parseDigest(wire.digest) ?? wire.digest,
    hint: wire.hint ?? HINT_OF_IMPORTED,
    ...createKeyInput(wire),
  };
}
