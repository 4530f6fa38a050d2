import { instant, ok, refuse, type Result } from '@claviger/core';
import {
  completeEndedLog,
  type EndedLog,
  openEndedLog,
  StartRefusal as StoreRefusal,
  type PostgresOptions,
  type SqliteOptions,
  type Store,
  type StoreDeps,
} from '@claviger/storage';
import { createVerifier, type FedVerifier, followFeed, type Follower, systemDigests } from '@claviger/verifier';
import { type CheckpointLog, openCheckpointLog } from './checkpoint-log.ts';
import { createAuthority } from './authority.ts';
import { type Clock, createDecisionClock, type DecisionClock } from './clock.ts';
import type { Config } from './config.ts';
import { type DataFolder, openDataFolder } from './data-folder/data-folder.ts';
import { type InstallationKeys, openInstallationKeys } from './data-folder/installation-keys.ts';
import type { Log } from './logs.ts';
import { createSealer, type Sealer } from './sealing.ts';
import { inTheWay, type StartRefusal } from './start-refusal.ts';
import { type LogSigner, logSignerOf, storeDepsOf } from './store-deps.ts';
import { ensureVerifierKey } from './verifier-key.ts';

/** The engines; only main.ts has them. */
export type EngineOpeners = {
  sqlite(deps: StoreDeps, options: SqliteOptions): Promise<Store>;
  postgres(deps: StoreDeps, options: PostgresOptions): Promise<Store>;
};

/** What opening an installation takes beside its settings. */
export type InstallationDeps = { readonly engines: EngineOpeners; readonly clock: Clock; readonly log: Log };

/** Everything of an installation that has no port: data folder, store, verifier, and the authority over changes. */
export type Installation = {
  readonly folder: DataFolder;
  readonly sealer: Sealer;
  readonly store: Store;
  readonly signer: LogSigner;
  readonly checkpoints: CheckpointLog;
  readonly clock: DecisionClock;
  readonly verifier: FedVerifier;
  /** `Store.change` whose answer holds on this node (X1). */
  readonly change: Store['change'];
  /** Ends the follower, then the files and the database. */
  close(): Promise<void>;
};

/** Milliseconds between looks at the feed when nothing wakes the follower. */
const POLL_MS = 1_000;

/** Opens a data folder and its database, or answers with the one line that says why not (Q5). */
export async function openInstallation(
  config: Config,
  deps: InstallationDeps,
): Promise<Result<Installation, StartRefusal>> {
  const folder = openDataFolder(config.dataDir);
  if (!folder.ok) return folder;
  const isDatabaseElsewhere = config.database.engine === 'postgres';
  const keys = openInstallationKeys(folder.value, { sealingKeys: config.sealingKeys, isDatabaseElsewhere });
  if (!keys.ok) return keys;
  try {
    return await openWithKeys({ config, deps, folder: folder.value, keys: keys.value });
  } catch (fault) {
    if (fault instanceof StoreRefusal) return refuse(inTheWay(fault.message));
    throw fault;
  }
}

type Opening = {
  readonly config: Config;
  readonly deps: InstallationDeps;
  readonly folder: DataFolder;
  readonly keys: InstallationKeys;
};

async function openWithKeys({ config, deps, folder, keys }: Opening): Promise<Result<Installation, StartRefusal>> {
  const sealer = createSealer(keys.sealingKeys);
  const store = await openStore(config, folder, { deps, storeDeps: storeDepsOf(sealer, keys.signingKey, deps.log) });
  const checked = await checkSealingKey(store, sealer);
  if (!checked.ok) {
    await store.close();
    return checked;
  }
  const clock = await startClock(store, deps);
  const made = await ensureVerifierKey({ store, folder, sealer, clock, config });
  if (!made.ok) {
    await store.close();
    return made;
  }
  const endedLog = await openEndedLog(folder.endedLogFile);
  await completeEndedLog(endedLog, store);
  const signer = logSignerOf(keys.signingKey);
  const checkpoints = await openCheckpointLog(folder.checkpointsFile, { store, signer });
  return ok(await follow({ config, log: deps.log, folder, sealer, store, signer, checkpoints, clock, endedLog }));
}

function openStore(
  config: Config,
  folder: DataFolder,
  { deps, storeDeps }: { readonly deps: InstallationDeps; readonly storeDeps: StoreDeps },
): Promise<Store> {
  if (config.database.engine === 'sqlite') return deps.engines.sqlite(storeDeps, { folder: folder.path });
  return deps.engines.postgres(storeDeps, { url: config.database.url.reveal() });
}

/** A wrong sealing key would make every row look forged: better not to start (K7). */
async function checkSealingKey(store: Store, sealer: Sealer): Promise<Result<void, StartRefusal>> {
  const kept = await store.sealingCheck();
  if (kept === null) await store.keepSealingCheck(sealer.checkValue());
  if (kept === null) return ok(undefined);
  if (sealer.isCheckValue(kept)) {
    // The newest key may only just have been made known: it seals once the check value says so, everywhere at once.
    sealer.use(sealer.keys(), Number.parseInt(kept, 10));
    return ok(undefined);
  }
  return refuse(
    inTheWay(
      'the sealing key is not the one this database was sealed with: set CLAVIGER_SEALING_KEY, or the file sealing-key ' +
        'in the data folder, to the right one',
    ),
  );
}

async function startClock(store: Store, deps: InstallationDeps): Promise<DecisionClock> {
  const { floor } = await store.head();
  return createDecisionClock(deps.clock, instant(floor), (isJumping) => {
    if (isJumping) deps.log.error({ alarm: 'clock_jump' }, 'the clock jumped ahead by more than five minutes');
    else deps.log.warn({ alarm: 'clock_jump' }, 'the clock is believed again');
  });
}

type Parts = Pick<Installation, 'folder' | 'sealer' | 'store' | 'signer' | 'checkpoints' | 'clock'> & {
  readonly config: Config;
  readonly log: Log;
  readonly endedLog: EndedLog;
};

async function follow({ config, log, endedLog, ...parts }: Parts): Promise<Installation> {
  const { store, clock } = parts;
  const verifier = createVerifier({
    ...systemDigests,
    clock,
    acceptedPrefixes: [config.keyPrefix, ...config.formerKeyPrefixes],
    stalenessMs: config.stalenessSeconds * 1000,
    onAlarm: (alarm) => log.error({ alarm: alarm.kind, detail: alarm.detail }, 'the verifier raises an alarm'),
  });
  verifier.rememberEnds((await endedLog.list()).map(({ keyId, how }) => ({ keyId, how })));
  const follower: Follower = followFeed({ verifier, source: store.feed, clock, ...systemDigests, pollMs: POLL_MS });
  await follower.start();
  const change = createAuthority({
    store,
    endedLog,
    clock,
    verifier: { apply: (entries) => follower.accept(entries) },
  });
  return {
    ...parts,
    verifier,
    change,
    close: async () => {
      await follower.stop();
      await endedLog.close();
      await parts.checkpoints.close();
      await store.close();
    },
  };
}
