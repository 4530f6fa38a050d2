import { Secret } from '@claviger/core';
import { fastifyGuard, remoteDecider, systemVerifierClock } from '@claviger/verifier';
import { createEventsApi } from './app.ts';
import { openEventStore } from './event-store.ts';
import { readSettings, readVerifierKey } from './settings.ts';

/** The example API with the middleware: it asks Claviger's verify endpoint about every presented key. */
const settings = readSettings();
const store = openEventStore(settings.file);

const guard = fastifyGuard({
  decider: remoteDecider({
    url: process.env['CLAVIGER_URL'] ?? 'http://127.0.0.1:4401',
    verifierKey: new Secret(readVerifierKey()),
    clock: systemVerifierClock(),
  }),
  publicUrl: process.env['CLAVIGER_PUBLIC_URL'] ?? 'http://127.0.0.1:4400',
});

const app = createEventsApi({ store, guard: (access) => guard.require(access) });
await app.listen({ host: '127.0.0.1', port: settings.port });

process.on('SIGTERM', () => void app.close().then(() => store.close()));
