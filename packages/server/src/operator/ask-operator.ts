import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OperatorAnswer, OperatorRequest } from '@claviger/contract';
import { commandDeps } from '../command-deps.ts';
import type { Config } from '../config.ts';
import { publicUrlOfListener } from '../config/public-url.ts';
import { OPERATOR_SOCKET } from '../data-folder/data-folder.ts';
import { type InstallationDeps, openInstallation } from '../installation.ts';
import { askSocket } from './ask-socket.ts';
import { sealingKeyDeps } from '../sealing-key/sealing-key-deps.ts';
import { performAct } from './perform.ts';

/**
 * Does what the operator asks for: by the running server of the data folder, or, when none runs, on its data. The lock of
 * the folder decides which it is; a folder that is in use while nothing answers is refused.
 */
export async function askOperator(
  config: Config,
  deps: InstallationDeps,
  asked: OperatorRequest,
): Promise<OperatorAnswer> {
  const answer = await askSocket(join(config.dataDir, OPERATOR_SOCKET), asked);
  return answer ?? performStopped(config, deps, asked);
}

async function performStopped(config: Config, deps: InstallationDeps, asked: OperatorRequest): Promise<OperatorAnswer> {
  // A mistyped folder must not become an installation of its own.
  if (!existsSync(join(config.dataDir, 'signing-key'))) {
    const line = `there is no installation in ${config.dataDir}: start the server once, or name its folder with --data-dir`;
    return { ok: false, ending: 'not_found', line };
  }
  const opened = await openInstallation(config, deps);
  if (!opened.ok) {
    const { line, exitCode } = opened.refusal;
    if (exitCode === 2) return { ok: false, ending: 'wrong_use', line };
    return { ok: false, ending: 'unreachable', line: `no server answers at ${OPERATOR_SOCKET}, and ${line}` };
  }
  const installation = opened.value;
  try {
    return await performAct(
      {
        commands: await commandDeps(config, installation),
        clock: installation.clock,
        sealingKey: sealingKeyDeps(config, installation),
        publicOrigin: () => (config.publicUrl ?? publicUrlOfListener(config.listen, config.tls !== null)).origin,
        onSetUp: () => installation.folder.delete('setup-link'),
      },
      asked,
    );
  } finally {
    await installation.close();
  }
}
