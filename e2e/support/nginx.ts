import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from './claviger-process.ts';
import { freePort } from './free-ports.ts';
import { connectRaw } from './raw-connection.ts';
import { startProgram } from './program.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/** A real nginx in front of an API, set up as the example has it. */
export type Nginx = { readonly port: number; delete(): Promise<void> };

const EXAMPLES = join(CHECKOUT, 'examples/nginx');

/** A server that passes everything on to one upstream and says who asked. */
const PLAIN_SITE = `server {
  listen \${LISTEN};
  location / {
    proxy_pass http://\${UPSTREAM};
    proxy_set_header Host $host;
    proxy_set_header X-Real-IP $remote_addr;
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
  }
}
`;

/** Starts a real nginx that only stands in front: of the management API, which knows its callers by itself. */
export async function startPlainNginx(upstreamPort: number): Promise<Nginx> {
  const port = await freePort();
  const values = { LISTEN: `127.0.0.1:${port}`, UPSTREAM: `127.0.0.1:${upstreamPort}` };
  return runNginx(port, fillIn('the plain site', PLAIN_SITE, values));
}

/** Fills in the placeholders of `examples/nginx` and starts nginx with the result, as a child of the tests. */
export async function startNginx({
  dataPlanePort,
  upstreamPort,
}: {
  dataPlanePort: number;
  upstreamPort: number;
}): Promise<Nginx> {
  const port = await freePort();
  const site = fillIn('claviger.conf', example('claviger.conf'), {
    LISTEN: `127.0.0.1:${port}`,
    CLAVIGER_DATA_PLANE: `127.0.0.1:${dataPlanePort}`,
    CLAVIGER_PROXY_KEY: '',
    UPSTREAM: `127.0.0.1:${upstreamPort}`,
  });
  return runNginx(port, site);
}

async function runNginx(port: number, siteText: string): Promise<Nginx> {
  const folder = makeTemporaryFolder('nginx');
  const site = join(folder.path, 'claviger.conf');
  const main = join(folder.path, 'nginx.conf');
  writeFileSync(site, siteText);
  const values = { FOLDER: folder.path, CLAVIGER_CONF: site };
  writeFileSync(main, fillIn('nginx.conf', example('nginx.conf'), values));
  const args = ['-p', folder.path, '-c', main, '-g', 'daemon off; master_process off;'];
  const nginx = startProgram({ name: 'nginx', command: '/usr/sbin/nginx', args });
  await until('nginx listens', async () => {
    if (!nginx.isRunning()) throw new Error(`nginx did not start:\n${nginx.errors()}`);
    return connectRaw(port).then(
      (connection) => {
        connection.close();
        return true;
      },
      () => false,
    );
  });
  return {
    port,
    delete: async () => {
      await nginx.stop();
      folder.delete();
    },
  };
}

/** The text of an example, without its comments. */
function example(name: string): string {
  return readFileSync(join(EXAMPLES, name), 'utf8').replaceAll(/^\s*#.*$/gm, '');
}

/** Nothing may be left to fill in: a placeholder that somebody renamed would stand in the configuration as text. */
function fillIn(name: string, template: string, values: Readonly<Record<string, string>>): string {
  const filled = Object.entries(values).reduce((text, [key, value]) => text.replaceAll(`\${${key}}`, value), template);
  const left = /\$\{[A-Z_]+\}/.exec(filled);
  if (left !== null) throw new Error(`${name} has a placeholder that nobody fills in: ${left[0]}`);
  return filled;
}
