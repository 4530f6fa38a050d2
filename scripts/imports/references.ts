import { existsSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { PACKAGE_NAMES } from './rules.ts';

/** A package whose compiler settings do not name a package it depends on: the compiler would not say so itself. */
export type MissingReference = { readonly path: string; readonly dependency: string };

/** Compares the dependencies in each `package.json` with the `references` of the `tsconfig.json` beside it. */
export function findMissingReferences(root: string): readonly MissingReference[] {
  return PACKAGE_NAMES.flatMap((name) => {
    const folder = `packages/${name}`;
    const path = `${folder}/tsconfig.json`;
    if (!existsSync(join(root, path)) || !existsSync(join(root, folder, 'package.json'))) return [];
    // npm and the compiler refuse files of another shape.
    const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
      readonly dependencies?: { readonly [name: string]: string };
    };
    const settings = JSON.parse(readFileSync(join(root, path), 'utf8')) as {
      readonly references?: readonly { readonly path: string }[];
    };
    const referenced = new Set((settings.references ?? []).map((entry) => posix.basename(entry.path)));
    return Object.keys(manifest.dependencies ?? {})
      .filter((dependency) => dependency.startsWith('@claviger/'))
      .filter((dependency) => !referenced.has(dependency.slice('@claviger/'.length)))
      .map((dependency) => ({ path, dependency }));
  });
}
