import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** The files of a small tree: paths relative to its root, with their texts. */
export type Files = { readonly [path: string]: string };

/** Writes `files` to a new temporary folder, hands its path to `act`, and removes it whatever happens. */
export async function withPlantedTree<T>(files: Files, act: (root: string) => T | Promise<T>): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'claviger-planted-'));
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    return await act(root);
  } finally {
    rmSync(root, { recursive: true });
  }
}
