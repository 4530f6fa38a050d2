import { createEventsApi } from './app.ts';
import { openEventStore } from './event-store.ts';
import { readSettings } from './settings.ts';

/**
 * The same API without a line about keys: nginx in front has asked Claviger already (docs/guides/nginx.md). It listens on
 * loopback only, because whoever reaches it directly is not asked for a key.
 */
const settings = readSettings();
const store = openEventStore(settings.file);
const app = createEventsApi({ store, guard: null });
await app.listen({ host: '127.0.0.1', port: settings.port });

process.on('SIGTERM', () => void app.close().then(() => store.close()));
