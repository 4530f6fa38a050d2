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

/** Fills in the placeholders of `examples/nginx` and starts nginx with the result, as a child of the tests. */
export async function startNginx({
  dataPlanePort,
  upstreamPort,
}: {
  dataPlanePort: number;
  upstreamPort: number;
}): Promise<Nginx> {
  const folder = makeTemporaryFolder('nginx');
  const port = await freePort();
  const site = join(folder.path, 'claviger.conf');
  const main = join(folder.path, 'nginx.conf');
  writeFilled('claviger.conf', site, {
    LISTEN: `127.0.0.1:${port}`,
    CLAVIGER_DATA_PLANE: `127.0.0.1:${dataPlanePort}`,
    CLAVIGER_PROXY_KEY: '',
    UPSTREAM: `127.0.0.1:${upstreamPort}`,
  });
  writeFilled('nginx.conf', main, { FOLDER: folder.path, CLAVIGER_CONF: site });
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

/** Nothing may be left to fill in: a placeholder that somebody renamed would stand in the configuration as text. */
function writeFilled(example: string, path: string, values: Readonly<Record<string, string>>): void {
  const template = readFileSync(join(EXAMPLES, example), 'utf8').replaceAll(/^\s*#.*$/gm, '');
  const filled = Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`\${${name}}`, value),
    template,
  );
  const left = /\$\{[A-Z_]+\}/.exec(filled);
  if (left !== null) throw new Error(`${example} has a placeholder that nobody fills in: ${left[0]}`);
  writeFileSync(path, filled);
}
