import { openSqlite } from '@claviger/storage';
import { openInstallation } from '../../commands/testing/installation.ts';
import { openScene, type Scene } from '../../commands/testing/scene.ts';

/** Runs `work` with the account that sample mails tell of; the same seed makes the same mails each time. */
export async function withSamples<T>(work: (scene: Scene) => Promise<T>): Promise<T> {
  const installation = await openInstallation('sample mails', openSqlite);
  try {
    return await work(await openScene(installation, {}, { name: 'Northwind' }));
  } finally {
    await installation.close();
  }
}
