import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder of one test. */
export type TemporaryFolder = { readonly path: string; delete(): void };

/** Makes a folder (0700) that the test deletes. */
export function makeTemporaryFolder(name: string): TemporaryFolder {
  const path = mkdtempSync(join(tmpdir(), `claviger-e2e-${name}-`));
  return { path, delete: () => rmSync(path, { recursive: true, force: true }) };
}
