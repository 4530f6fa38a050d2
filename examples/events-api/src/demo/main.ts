import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, type Program, startProgram } from './processes.ts';
import { runTour, type TourSetting } from './tour.ts';

/** `npm run demo`: a server, the example API behind its keys, and a tour that uses both. Everything lives in a folder of its own. */
const root = join(import.meta.dirname, '../../../..');
const folder = mkdtempSync(join(tmpdir(), 'claviger-demo-'));
const programs: Program[] = [];

async function main(): Promise<void> {
  const setting = await startPrograms();
  console.log(`Claviger demo. Everything it keeps is in ${folder}`);
  await runTour(setting, (line) => console.log(line));
  console.log('\nThe tour is over: every answer was the one promised.');
  if (process.argv.includes('--exit')) return stop();
  console.log(`
Still running, until you press Ctrl-C:
  control plane  ${setting.controlPlane}   (API description: ${setting.controlPlane}/openapi.json)
  events API     ${setting.eventsApi}
Sign in:
  curl -i ${setting.controlPlane}/v1/sessions --json '{"email":"${setting.owner.email}","password":"${setting.owner.password}"}'`);
  return undefined;
}

async function startPrograms(): Promise<TourSetting> {
  const [control, data, metrics, events] = [await freePort(), await freePort(), await freePort(), await freePort()];
  const setupToken = randomBytes(24).toString('base64url');
  const dataFolder = join(folder, 'data');
  const controlPlane = `http://127.0.0.1:${control}`;
  programs.push(
    await startProgram('Claviger', join(root, 'packages/cli/src/main.ts'), {
      arguments: ['serve'],
      env: {
        CLAVIGER_DATA_DIR: dataFolder,
        CLAVIGER_LISTEN: `127.0.0.1:${control}`,
        CLAVIGER_DATA_PLANE_LISTEN: `127.0.0.1:${data}`,
        CLAVIGER_METRICS_LISTEN: `127.0.0.1:${metrics}`,
        CLAVIGER_SETUP_TOKEN: setupToken,
        LOG_LEVEL: 'warn',
      },
      readyUrl: `${controlPlane}/readyz`,
    }),
  );
  const eventsApi = `http://127.0.0.1:${events}`;
  programs.push(
    await startProgram('the events API', join(root, 'examples/events-api/src/main.ts'), {
      arguments: [],
      env: {
        EVENTS_PORT: String(events),
        EVENTS_FILE: join(folder, 'events.db'),
        CLAVIGER_URL: `http://127.0.0.1:${data}`,
        CLAVIGER_PUBLIC_URL: controlPlane,
        CLAVIGER_VERIFIER_KEY_FILE: join(dataFolder, 'verifier.key'),
      },
      readyUrl: `${eventsApi}/livez`,
    }),
  );
  const owner = { email: 'owner@demo.example', name: 'Demo Owner', password: randomBytes(12).toString('base64url') };
  return { controlPlane, eventsApi, setupToken, owner };
}

async function stop(): Promise<void> {
  for (const program of programs.reverse()) await program.stop();
  rmSync(folder, { recursive: true, force: true });
}

process.on('SIGINT', () => void stop().then(() => process.exit(0)));
process.on('SIGTERM', () => void stop().then(() => process.exit(0)));
main().catch(async (fault: unknown) => {
  console.error(`The demo stopped: ${fault instanceof Error ? fault.message : String(fault)}`);
  await stop();
  process.exitCode = 1;
});
