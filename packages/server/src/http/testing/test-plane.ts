import assert from 'node:assert/strict';
import { createHash, hash, randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { instant, Secret } from '@claviger/core';
import { openPostgres, openSqlite } from '@claviger/storage';
import type { Clock } from '../../clock.ts';
import type { CommandDeps, Passwords } from '../../commands/deps.ts';
import type { StoredEvent, StoredMail } from '../../commands/testing/installation.ts';
import { START } from '../../commands/testing/scene.ts';
import { parseConfig } from '../../config.ts';
import { publicUrlOfListener } from '../../config/public-url.ts';
import { type Installation, openInstallation } from '../../installation.ts';
import type { Log } from '../../logs.ts';
import { createSetupLink } from '../../setup-link.ts';
import { PLAIN_TRANSPORT } from '../../tls/served-certificate.ts';
import { createControlPlane } from '../control-plane.ts';
import { createThrottles } from '../throttles.ts';

/** A control plane on a port of its own, over a real store and a real verifier, with a clock that stands still. */
export type TestPlane = {
  readonly installation: Installation;
  readonly deps: CommandDeps;
  readonly port: number;
  readonly origin: string;
  readonly setupToken: string;
  /** What the log was told, as text. */
  readonly logged: string[];
  /** Lets time pass. */
  pass(ms: number): void;
  /** Every event after a version, as an auditor reads them from the file. */
  eventsAfter(version: number): readonly StoredEvent[];
  lastVersion(): number;
  /** Every mail that was queued, the earliest first. */
  mails(): readonly StoredMail[];
  close(): Promise<void>;
};

const SETUP_TOKEN = 'a-set-up-token-of-the-tests';

/** Opens an empty installation. Whatever the log is told is kept, so that tests can look for what must not be in it. */
export async function openTestPlane(
  settings: Readonly<Record<string, string>> = {},
  spoil: (deps: CommandDeps) => CommandDeps = (deps) => deps,
): Promise<TestPlane> {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-http-'));
  const logged: string[] = [];
  const clock = standingClock();
  const installation = await installationIn(folder, { settings, clock: clock.clock, log: recordingLog(logged) });
  const deps = spoil(commandDeps(installation));
  const listening = await listen(installation, deps, recordingLog(logged));
  const auditor = new DatabaseSync(installation.folder.databaseFile, { readOnly: true });
  return {
    ...listening,
    installation,
    deps,
    logged,
    setupToken: SETUP_TOKEN,
    pass: (ms) => clock.pass(ms),
    eventsAfter: (version) =>
      auditor.prepare('select * from audit_events where version > ? order by version').all(version) as StoredEvent[],
    mails: () => auditor.prepare('select * from outbox order by created_at, rowid').all() as StoredMail[],
    lastVersion: () => Number(auditor.prepare('select coalesce(max(version), 0) as n from audit_events').get()?.['n']),
    close: async () => {
      auditor.close();
      await listening.close();
      await installation.close();
      rmSync(folder, { recursive: true });
    },
  };
}

async function installationIn(
  folder: string,
  given: { readonly settings: Readonly<Record<string, string>>; readonly clock: Clock; readonly log: Log },
): Promise<Installation> {
  const env = { CLAVIGER_DATA_DIR: join(folder, 'data'), CLAVIGER_LISTEN: '127.0.0.1:0', ...given.settings };
  const config = parseConfig({ env, readFile: () => '' }, {});
  assert.ok(config.ok);
  const engines = { sqlite: openSqlite, postgres: openPostgres };
  const installation = await openInstallation(config.value, { engines, clock: given.clock, log: given.log });
  assert.ok(installation.ok);
  return installation.value;
}

async function listen(installation: Installation, deps: CommandDeps, log: Log) {
  let origin = '';
  const publicUrl = () => publicUrlOfListener({ host: '127.0.0.1', port: Number(new URL(origin).port) }, false);
  const setupLink = createSetupLink(new Secret(SETUP_TOKEN), 'http://127.0.0.1', installation.clock.now());
  const app = createControlPlane({
    newServer: PLAIN_TRANSPORT.newServer,
    commands: deps,
    verifier: installation.verifier,
    clock: installation.clock,
    sealer: installation.sealer,
    log,
    trustedProxies: [],
    throttles: createThrottles(),
    publicUrl,
    setupLink: () => setupLink,
    onSetUp: () => undefined,
    notReady: async () => [],
  });
  await app.listen({ host: '127.0.0.1', port: 0 });
  const { port } = app.server.address() as AddressInfo;
  origin = `http://127.0.0.1:${port}`;
  return { port, origin, close: () => app.close() };
}

function commandDeps(installation: Installation): CommandDeps {
  return {
    read: (work) => installation.store.read(work),
    change: installation.change,
    randomBytes,
    digestOf: (text) => hash('sha256', text.reveal(), 'hex'),
    seal: (row) => installation.sealer.seal(row),
    sealer: installation.sealer,
    signer: installation.signer,
    checkpoints: () => installation.checkpoints.list(),
    passwords: quickPasswords,
    keyPrefix: 'clv',
    acceptedPrefixes: ['clv'],
    keysPerUserMost: 1000,
    outboundAllow: [],
  };
}

/** As `createPasswords`, without the cost. */
const quickPasswords: Passwords = {
  hash: async (password) => createHash('sha256').update(`password ${password.reveal()}`).digest('hex'),
  matches: async (password, stored) => (await quickPasswords.hash(password)) === stored,
};

function standingClock(): { readonly clock: Clock; pass(ms: number): void } {
  let passedMs = 0;
  const timers = new Set<NodeJS.Timeout>();
  return {
    clock: {
      // The counter does not move along: to the verifier a day has not passed without word from its feed.
      read: () => ({ wall: instant(START + passedMs), monotonicMs: performance.now() }),
      after: (ms, callback) => {
        const timer = setTimeout(callback, ms).unref();
        timers.add(timer);
        return () => clearTimeout(timer);
      },
    },
    pass: (ms) => {
      passedMs += ms;
    },
  };
}

function recordingLog(into: string[]): Log {
  const write = (...parts: readonly unknown[]): void => {
    into.push(
      parts.map((part) => (part instanceof Error ? (part.stack ?? '') : JSON.stringify(part, errorsToo))).join(' '),
    );
  };
  return { fatal: write, error: write, warn: write, info: write, debug: write };
}

function errorsToo(_name: string, value: unknown): unknown {
  return value instanceof Error ? value.stack : value;
}
