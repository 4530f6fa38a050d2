import { createServer as createPlainServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import { DAY_MS, formatInstant, type Instant, MINUTE_MS } from '@claviger/core';
import type { DecisionClock } from '../clock.ts';
import type { TlsFiles } from '../config/tls-settings.ts';
import type { Log } from '../logs.ts';
import { type Certificate, readCertificate, secureOptionsOf } from './read-certificate.ts';

/** Makes the server of a listener: by TLS when the installation has a certificate, else plain. */
export type NewServer = (options: ServerOptions, handler: RequestListener) => Server;

/** What the listeners speak, over the life of a process. */
export type Transport = {
  readonly newServer: NewServer;
  /** Looks at the files now, as it does every minute: a new pair holds for new connections, a broken one changes nothing. */
  readonly renew: () => void;
  /** When clients will refuse the certificate that is served; null without TLS. */
  readonly certificateEndsAt: () => Instant | null;
  readonly stop: () => void;
};

/** What serving a certificate takes. */
export type ServedCertificateDeps = {
  readonly files: TlsFiles;
  /** What the files held when they were looked at first. */
  readonly certificate: Certificate;
  readonly clock: Pick<DecisionClock, 'now' | 'after'>;
  readonly log: Log;
};

/** How long before its end a certificate is warned of. */
const WARNED_AHEAD_MS = 14 * DAY_MS;
/** Milliseconds. Who has not finished the handshake by then holds a connection and nothing else. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/** For listeners on loopback, or behind a proxy that ends TLS. */
export const PLAIN_TRANSPORT: Transport = {
  newServer: createPlainServer,
  renew: () => undefined,
  certificateEndsAt: () => null,
  stop: () => undefined,
};

/** Serves a certificate by TLS 1.2 and later, and looks every minute whether the files hold a newer one. No connection is dropped. */
export function serveCertificate(deps: ServedCertificateDeps): Transport {
  const servers: TlsServer[] = [];
  let served = deps.certificate;
  let told: string | null = null;

  function renew(): void {
    const read = readCertificate(deps.files);
    if (!read.ok) {
      // Once for each thing that is wrong: between two files being replaced, the next minute may well see a pair.
      if (told !== read.refusal) deps.log.error({ alarm: 'tls_certificate' }, `${read.refusal}; the old one is served`);
      told = read.refusal;
      return;
    }
    told = null;
    if (read.value.chain === served.chain && read.value.key.reveal() === served.key.reveal()) return;
    served = read.value;
    for (const server of servers) server.setSecureContext(secureOptionsOf(served));
    deps.log.info({ endsAt: formatInstant(served.endsAt) }, 'the TLS certificate was replaced');
    warn();
  }

  function warn(): void {
    if (served.endsAt - deps.clock.now() > WARNED_AHEAD_MS) return;
    const about = { alarm: 'tls_certificate', endsAt: formatInstant(served.endsAt) };
    deps.log.warn(about, 'the TLS certificate ends soon or has ended: put a new one into its file');
  }

  warn();
  const stops = [every(deps.clock, MINUTE_MS, renew), every(deps.clock, DAY_MS, warn)];
  return {
    newServer: (options, handler) => {
      const tls = { ...secureOptionsOf(served), handshakeTimeout: HANDSHAKE_TIMEOUT_MS };
      const server = createTlsServer({ ...options, ...tls }, handler);
      servers.push(server);
      return server;
    },
    renew,
    certificateEndsAt: () => served.endsAt,
    stop: () => {
      for (const stop of stops) stop();
    },
  };
}

function every(clock: Pick<DecisionClock, 'after'>, ms: number, work: () => void): () => void {
  let cancel = (): void => undefined;
  const schedule = (): void => {
    cancel = clock.after(ms, () => {
      work();
      schedule();
    });
  };
  schedule();
  return () => cancel();
}
