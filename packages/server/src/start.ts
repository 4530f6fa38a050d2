import { randomBytes } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import type { OperatorRequest } from '@claviger/contract';
import { ok, refuse, type Result, type Secret } from '@claviger/core';
import { createDataPlane, type DataPlane } from '@claviger/gateway';
import type { FastifyInstance } from 'fastify';
import { commandDeps } from './command-deps.ts';
import type { Config } from './config.ts';
import { formatListenAddress, type ListenAddress } from './config/listen-address.ts';
import { publicUrlOfListener } from './config/public-url.ts';
import { createControlPlane } from './http/control-plane.ts';
import { createThrottles } from './http/throttles.ts';
import { type Installation, type InstallationDeps, openInstallation } from './installation.ts';
import { allJobs } from './jobs/all-jobs.ts';
import { type RunningJobs, runJobs } from './jobs/run-jobs.ts';
import { createMetricsListener, type MetricsListener } from './metrics.ts';
import { performAct } from './operator/perform.ts';
import { type OperatorSocket, serveOperator } from './operator/socket.ts';
import { readRoutes } from './routes-file.ts';
import { sealingKeyDeps } from './sealing-key/sealing-key-deps.ts';
import { createSetupLink, type SetupLink } from './setup-link.ts';
import { inTheWay, type StartRefusal, wrongSetting } from './start-refusal.ts';
import { type Certificate, readCertificate } from './tls/read-certificate.ts';
import { PLAIN_TRANSPORT, serveCertificate, type Transport } from './tls/served-certificate.ts';
import { startUsageFlush, type UsageFlush } from './usage-flush.ts';

/** What starting takes beside the settings. */
export type StartDeps = InstallationDeps & {
  /** Shows one line to whoever started the program; secrets only where a person reads them. */
  say(line: string): void;
  /** What the process holds of the machine's memory, for metrics. */
  memoryBytes(): number;
  /** True when `say` writes to a terminal: then the set-up link is shown there (T2). */
  readonly isTerminal: boolean;
};

/** A running server. */
export type Running = {
  /** Where the planes listen; null for a plane that this process does not run. */
  readonly controlPlane: AddressInfo | null;
  readonly dataPlane: AddressInfo | null;
  readonly metrics: AddressInfo;
  /** Looks now whether the files hold a newer certificate, as is done every minute. */
  renewCertificate(): void;
  /** Takes no more requests, finishes what is under way, keeps the counts, closes. */
  stop(): Promise<void>;
};

/** Starts the planes that the settings ask for, or answers with the line that says why not. Everything opened is closed again then. */
export async function startServer(config: Config, deps: StartDeps): Promise<Result<Running, StartRefusal>> {
  const routes = readRoutes(config.routesFile);
  if (!routes.ok) return routes;
  const certificate = config.tls === null ? ok(null) : readCertificate(config.tls);
  if (!certificate.ok) return refuse(wrongSetting(certificate.refusal));
  const opened = await openInstallation(config, deps);
  if (!opened.ok) return opened;
  const installation = opened.value;
  const health = { isDraining: false };
  const usage = startUsageFlush(installation, deps.log);
  const transport = transportOf({ config, deps, installation }, certificate.value);
  const planes = await startPlanes({ config, deps, installation, routes: routes.value, health, usage, transport });
  if (!planes.ok) {
    transport.stop();
    await usage.stop();
    await installation.close();
    return planes;
  }
  const { control, data, metrics } = planes.value;
  const operator = await startOperator({ config, deps, installation }, control?.address ?? null);
  return ok({
    controlPlane: control?.address ?? null,
    dataPlane: data?.address ?? null,
    metrics: metrics.address,
    renewCertificate: () => transport.renew(),
    stop: async () => {
      health.isDraining = true;
      transport.stop();
      data?.plane.drain();
      await operator.close();
      await Promise.all([control?.app.close(), data?.plane.close()]);
      await metrics.listener.close();
      await control?.jobs.stop();
      await usage.stop();
      installation.folder.delete('setup-link');
      await installation.close();
    },
  });
}

type Starting = {
  readonly config: Config;
  readonly deps: StartDeps;
  readonly installation: Installation;
  readonly routes: Parameters<typeof createDataPlane>[0]['routes'];
  readonly health: { isDraining: boolean };
  readonly usage: UsageFlush;
  readonly transport: Transport;
};

type Planes = {
  readonly control: { readonly app: FastifyInstance; readonly address: AddressInfo; readonly jobs: RunningJobs } | null;
  readonly data: { readonly plane: DataPlane; readonly address: AddressInfo } | null;
  readonly metrics: { readonly listener: MetricsListener; readonly address: AddressInfo };
};

function transportOf(
  { config, deps, installation }: Pick<Starting, 'config' | 'deps' | 'installation'>,
  certificate: Certificate | null,
): Transport {
  if (config.tls === null || certificate === null) return PLAIN_TRANSPORT;
  return serveCertificate({ files: config.tls, certificate, clock: installation.clock, log: deps.log });
}

async function startPlanes(starting: Starting): Promise<Result<Planes, StartRefusal>> {
  const { config } = starting;
  const data = config.roles.data ? await startDataPlane(starting) : ok(null);
  if (!data.ok) return data;
  const control = config.roles.control ? await startControlPlane(starting) : ok(null);
  if (!control.ok) {
    await data.value?.plane.close();
    return control;
  }
  const metrics = await startMetrics(starting, data.value);
  if (metrics.ok) return ok({ control: control.value, data: data.value, metrics: metrics.value });
  await Promise.all([data.value?.plane.close(), control.value?.app.close(), control.value?.jobs.stop()]);
  return metrics;
}

async function startMetrics(
  starting: Starting,
  data: Planes['data'],
): Promise<Result<Planes['metrics'], StartRefusal>> {
  const { config, installation } = starting;
  const listener = createMetricsListener({
    verifier: installation.verifier,
    decisions: () => data?.plane.counts() ?? null,
    memoryBytes: () => starting.deps.memoryBytes(),
    newServer: starting.transport.newServer,
    certificateEndsAt: () => starting.transport.certificateEndsAt(),
    notReady: async () => [
      ...(await notReady(starting)),
      ...(config.roles.data && installation.verifier.isStale() ? ['the verifier is stale'] : []),
    ],
    publicOrigin: () => (config.publicUrl ?? publicUrlOfListener(config.listen, config.tls !== null)).origin,
  });
  const address = await listening(config.metricsListen, 'CLAVIGER_METRICS_LISTEN', (at) => listener.start(at));
  return address.ok ? ok({ listener, address: address.value }) : address;
}

/** What keeps the control plane from doing its work (D14). */
async function notReady({ installation, health }: Starting): Promise<readonly string[]> {
  if (health.isDraining) return ['the server is stopping'];
  return (await installation.store.isReachable()) ? [] : ['the database does not answer'];
}

async function startDataPlane({
  config,
  deps,
  installation,
  routes,
  transport,
}: Starting): Promise<Result<Planes['data'], StartRefusal>> {
  const plane = createDataPlane({
    verifier: installation.verifier,
    clock: installation.clock,
    randomBytes,
    newServer: transport.newServer,
    routes,
    trustedProxies: config.trustedProxies,
    publicUrl: (config.publicUrl ?? publicUrlOfListener(config.listen, config.tls !== null)).origin,
    onMisplacedKey: (keyId) =>
      deps.log.warn({ alarm: 'misplaced_key', keyId }, 'a master key came where logs may see it'),
    onFault: (fault, requestId) => deps.log.error({ err: fault, requestId }, 'a verification failed'),
  });
  const address = await listening(config.dataPlaneListen, 'CLAVIGER_DATA_PLANE_LISTEN', (at) => plane.start(at));
  if (!address.ok) return address;
  deps.say(
    `data plane     ${config.tls === null ? 'http' : 'https'}://${formatListenAddress({ ...config.dataPlaneListen, port: address.value.port })}`,
  );
  return ok({ plane, address: address.value });
}

async function startControlPlane(starting: Starting): Promise<Result<Planes['control'], StartRefusal>> {
  const { config, deps, installation } = starting;
  let publicUrl = config.publicUrl;
  let setupLink: SetupLink | null = null;
  const commands = await commandDeps(config, installation);
  const app = createControlPlane({
    commands,
    verifier: installation.verifier,
    clock: installation.clock,
    sealer: installation.sealer,
    log: deps.log,
    newServer: starting.transport.newServer,
    trustedProxies: config.trustedProxies,
    throttles: createThrottles(),
    publicUrl: () => known(publicUrl),
    setupLink: () => known(setupLink),
    onSetUp: () => installation.folder.delete('setup-link'),
    notReady: () => notReady(starting),
  });
  const address = await listening(config.listen, 'CLAVIGER_LISTEN', async (at) => {
    await app.listen(at);
    return app.server.address() as AddressInfo;
  });
  if (!address.ok) return address;
  publicUrl ??= publicUrlOfListener({ ...config.listen, port: address.value.port }, config.tls !== null);
  deps.say(`control plane  ${publicUrl.origin}`);
  setupLink = createSetupLink(config.setupToken, publicUrl.origin, installation.clock.now());
  await showSetupLink(starting, setupLink.url);
  const flushUses = () => starting.usage.flush();
  const jobs = allJobs({ config, installation, commands, log: deps.log, publicUrl, flushUses });
  return ok({ app, address: address.value, jobs: runJobs(jobs, installation.clock, deps.log) });
}

/** The operator's commands come in over a socket in the data folder, whatever planes run. */
async function startOperator(
  { config, deps, installation }: Pick<Starting, 'config' | 'deps' | 'installation'>,
  control: AddressInfo | null,
): Promise<OperatorSocket> {
  const listen = control === null ? config.listen : { ...config.listen, port: control.port };
  const operator = {
    commands: await commandDeps(config, installation),
    clock: installation.clock,
    sealingKey: sealingKeyDeps(config, installation),
    publicOrigin: () => (config.publicUrl ?? publicUrlOfListener(listen, config.tls !== null)).origin,
    onSetUp: () => installation.folder.delete('setup-link'),
  };
  const perform = (asked: OperatorRequest) => performAct(operator, asked);
  return serveOperator(installation.folder.operatorSocketFile, { perform, log: deps.log });
}

/** The link stands on the terminal, or else in a file that only its owner may read; never in a log (T2). */
async function showSetupLink({ deps, installation }: Starting, url: Secret | null): Promise<void> {
  installation.folder.delete('setup-link');
  const isSetUp = await installation.store.read((reader) => reader.accounts.exist());
  if (isSetUp || url === null) return;
  installation.folder.write('setup-link', `${url.reveal()}\n`);
  deps.say(
    `make the first Owner within 24 hours: ${deps.isTerminal ? url.reveal() : `see ${installation.folder.setupLinkFile}`}`,
  );
}

async function listening(
  address: ListenAddress,
  setting: string,
  listen: (at: ListenAddress) => Promise<AddressInfo>,
): Promise<Result<AddressInfo, StartRefusal>> {
  try {
    return ok(await listen(address));
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : String(fault);
    const why = code === 'EADDRINUSE' ? 'something listens there already' : code;
    return refuse(
      inTheWay(`cannot listen on ${formatListenAddress(address)} (${why}): set ${setting} to another address`),
    );
  }
}

/** What is known once the listener has its port, which is before any request. */
function known<T>(value: T | null): T {
  if (value === null) throw new Error('asked before the listener has its port');
  return value;
}
