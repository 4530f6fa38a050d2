import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { randomBytes } from 'node:crypto';
import { type Instant, randomBase62 } from '@claviger/core';
import type { DecisionCount } from '@claviger/gateway';
import type { Verifier } from '@claviger/verifier';
import type { ListenAddress } from './config/listen-address.ts';
import { headersOf } from './http/app.ts';
import type { HttpRefusal } from './http/http-refusal.ts';
import { problemOf } from './http/problems.ts';
import type { NewServer } from './tls/served-certificate.ts';

/** What there is to measure, and to find out whether this process can do its work. */
export type MetricsDeps = {
  readonly verifier: Pick<Verifier, 'size' | 'position' | 'isStale' | 'wouldBeDenials'>;
  /** How often which decision was given; null when this process runs no data plane. */
  decisions(): readonly DecisionCount[] | null;
  notReady(): Promise<readonly string[]>;
  /** What the process holds of the machine's memory. */
  memoryBytes(): number;
  publicOrigin(): string;
  readonly newServer: NewServer;
  /** When clients will refuse the certificate that is served; null without TLS. */
  certificateEndsAt(): Instant | null;
};

/** The listener for whoever watches the server: `/metrics` in Prometheus' text format, `/livez`, `/readyz`. */
export type MetricsListener = { start(address: ListenAddress): Promise<AddressInfo>; close(): Promise<void> };

/** Milliseconds. Nobody has reason to be slow here. */
const REQUEST_TIMEOUT_MS = 10_000;
const REQUEST_ID_LENGTH = 20;
const PATHS: ReadonlySet<string> = new Set(['/livez', '/readyz', '/metrics']);

/** Makes the listener. It shows counts only: no name, no id, no key. */
export function createMetricsListener(deps: MetricsDeps): MetricsListener {
  const server = deps.newServer(
    { requestTimeout: REQUEST_TIMEOUT_MS, headersTimeout: REQUEST_TIMEOUT_MS },
    (request, response) => {
      answer(deps, request, response).catch(() => {
        // The database did not even say that it does not answer.
        if (!response.headersSent) sendProblem(deps, response, { kind: 'unavailable' });
        response.end();
      });
    },
  );
  return {
    start: (address) =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(address, () => resolve(server.address() as AddressInfo));
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(deps: MetricsDeps, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const path = (request.url ?? '').split('?', 1)[0] ?? '';
  if (!PATHS.has(path)) return sendProblem(deps, response, { kind: 'unknown-route' });
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    return sendProblem(deps, response, { kind: 'method-not-allowed', allowed: ['GET', 'HEAD'] });
  }
  if (path === '/metrics') return send(response, 'text/plain; version=0.0.4; charset=utf-8', metricsText(deps));
  const reasons = path === '/readyz' ? await deps.notReady() : [];
  if (reasons.length > 0) return sendProblem(deps, response, { kind: 'not-ready', reasons });
  return send(response, 'application/json', '{"object":"health","status":"ok"}');
}

/** Prometheus' text format. */
function metricsText(deps: MetricsDeps): string {
  const { keys, tombstones } = deps.verifier.size();
  const position = deps.verifier.position();
  const gauges = [
    gauge('claviger_keys', 'Keys that the verifier holds.', keys),
    gauge('claviger_tombstones', 'Deleted keys that the verifier remembers.', tombstones),
    gauge(
      'claviger_feed_version',
      'The last change that the verifier has applied, within its epoch.',
      position?.n ?? 0,
    ),
    gauge('claviger_feed_epoch', 'The epoch of that change.', position?.epoch ?? 0),
    gauge(
      'claviger_stale',
      '1 while the verifier refuses everything because it is behind.',
      deps.verifier.isStale() ? 1 : 0,
    ),
    gauge('process_resident_memory_bytes', 'Memory of the process.', deps.memoryBytes()),
  ];
  return [
    ...gauges,
    certificateText(deps.certificateEndsAt()),
    decisionsText(deps.decisions() ?? []),
    wouldBeDenialsText(deps.verifier.wouldBeDenials()),
  ].join('');
}

function certificateText(endsAt: Instant | null): string {
  if (endsAt === null) return '';
  const help = 'When clients will refuse the TLS certificate, in seconds since 1970.';
  return gauge('claviger_tls_certificate_end_timestamp_seconds', help, endsAt / 1000);
}

function gauge(name: string, help: string, value: number): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} gauge\n${name} ${value}\n`;
}

function decisionsText(counts: readonly DecisionCount[]): string {
  const name = 'claviger_decisions_total';
  const lines = counts.map(({ source, code, count }) => `${name}{source="${source}",code="${code}"} ${count}\n`);
  return `# HELP ${name} Decisions on presented keys.\n# TYPE ${name} counter\n${lines.join('')}`;
}

function wouldBeDenialsText(count: number): string {
  const name = 'claviger_would_be_denials_total';
  const help = 'Decisions that let a key in which an IP allowlist in monitor mode would have refused.';
  return `# HELP ${name} ${help}\n# TYPE ${name} counter\n${name} ${count}\n`;
}

function sendProblem(deps: MetricsDeps, response: ServerResponse, refusal: HttpRefusal): void {
  const requestId = newRequestId();
  const problem = problemOf(refusal, requestId, { publicOrigin: deps.publicOrigin() });
  response.writeHead(problem.status, { ...headersOf(requestId), ...problem.headers }).end(problem.body);
}

function send(response: ServerResponse, type: string, body: string): void {
  response.writeHead(200, { ...headersOf(newRequestId()), 'content-type': type }).end(body);
}

function newRequestId(): string {
  return `req_${randomBase62(REQUEST_ID_LENGTH, randomBytes)}`;
}
