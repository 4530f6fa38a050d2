import { hash, randomBytes } from 'node:crypto';
import {
  drawIdCharacters,
  drawSecretCharacters,
  formatKeyText,
  internalKeyIdOf,
  ok,
  type Origin,
  parseKeyText,
  refuse,
  type Result,
  Secret,
} from '@claviger/core';
import { sealedInternalKey, type Store } from '@claviger/storage';
import type { DecisionClock } from './clock.ts';
import type { Config } from './config.ts';
import type { DataFolder } from './data-folder/data-folder.ts';
import type { Sealer } from './sealing.ts';
import { type StartRefusal, wrongSetting } from './start-refusal.ts';

/** What making the verifiers' internal key takes. */
export type VerifierKeyDeps = {
  readonly store: Pick<Store, 'read' | 'change'>;
  readonly folder: DataFolder;
  readonly sealer: Sealer;
  readonly clock: DecisionClock;
  readonly config: Pick<Config, 'verifierKey' | 'keyPrefix' | 'formerKeyPrefixes'>;
};

const FILE = 'verifier.key';
const ORIGIN: Origin = {
  actor: { kind: 'system', part: 'start' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
};

/**
 * Makes sure that there is an internal key of purpose `verify` for the back ends beside this node (K11): the one given by
 * setting, the one in `<data>/verifier.key`, or a new one. It answers for the accounts it is bound to; set-up binds it.
 */
export async function ensureVerifierKey(deps: VerifierKeyDeps): Promise<Result<void, StartRefusal>> {
  const stored = deps.folder.read(FILE);
  if (!stored.ok) return stored;
  const kept = stored.value === null ? null : new Secret(stored.value.trim());
  const text = deps.config.verifierKey ?? kept ?? drawVerifierKey(deps.config.keyPrefix);
  const id = idOf(text, [deps.config.keyPrefix, ...deps.config.formerKeyPrefixes]);
  if (id === null) {
    const where = deps.config.verifierKey === null ? `${deps.folder.path}/${FILE}` : 'CLAVIGER_VERIFIER_KEY';
    return refuse(wrongSetting(`${where} holds no internal key: leave it out, and one is made at the start`));
  }
  if (kept?.reveal() !== text.reveal()) deps.folder.write(FILE, `${text.reveal()}\n`);
  await keepInternalKey(deps, id, text);
  return ok(undefined);
}

function drawVerifierKey(prefix: string): Secret {
  const parts = { prefix, kind: 'internal' as const, idCharacters: drawIdCharacters(randomBytes) };
  return formatKeyText(parts, drawSecretCharacters(randomBytes));
}

function idOf(text: Secret, prefixes: readonly string[]): ReturnType<typeof internalKeyIdOf> | null {
  const parsed = parseKeyText(text.reveal(), prefixes);
  return parsed?.kind === 'internal' ? internalKeyIdOf(parsed.idCharacters) : null;
}

/** Adds the key to the store unless it is there, ended ones included: an ended key is not brought back by a restart. */
async function keepInternalKey(
  { store, sealer, clock }: VerifierKeyDeps,
  id: ReturnType<typeof internalKeyIdOf>,
  text: Secret,
): Promise<void> {
  const now = clock.now();
  const context = { accountId: null, origin: ORIGIN, now, storable: clock.storable(), replay: null };
  await store.change<null, never>(context, async (change) => {
    const known = await change.read.internalKeys.list();
    if (known.some((key) => key.id === id)) return ok(null);
    const digest = hash('sha256', text.reveal(), 'hex');
    // A key that replaces a lost file answers for the same accounts; before set-up there are none.
    const accountIds = [...new Set(known.filter((key) => key.purpose === 'verify').flatMap((key) => key.accountIds))];
    const key = { id, purpose: 'verify' as const, accountIds, createdAt: now, endedAt: null };
    await change.internalKeys.create(key, { digest, seal: sealer.seal(sealedInternalKey(key, digest)) });
    return ok(null);
  });
}
