import { join } from 'node:path';
import { CHECKOUT } from './claviger-process.ts';
import { freePort } from './free-ports.ts';
import { type Program, startProgram } from './program.ts';
import { until } from './until.ts';

/** The example API without the middleware, as it stands behind nginx. */
export type EventsApi = { readonly port: number; stop(): Promise<unknown> };

/** Starts `examples/events-api/src/behind-nginx.ts`. */
export async function startEventsApi(): Promise<EventsApi> {
  const port = await freePort();
  const program: Program = startProgram({
    name: 'the events API',
    command: process.execPath,
    args: [join(CHECKOUT, 'examples/events-api/src/behind-nginx.ts')],
    env: { EVENTS_PORT: String(port), EVENTS_FILE: ':memory:' },
  });
  await until('the events API is alive', () => {
    if (!program.isRunning()) throw new Error(`the events API did not start:\n${program.errors()}`);
    return fetch(`http://127.0.0.1:${port}/livez`).then(
      (answer) => answer.ok,
      () => false,
    );
  });
  return { port, stop: () => program.stop() };
}
