import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Breach, reportBreaches } from './breach.ts';
import { listFiles, REPOSITORY } from './source-files.ts';

const LOCK = 'package-lock.json';

/** Platforms that Claviger is developed and run on; the lock file names the built parts of a tool for all of them. */
const PLATFORMS = ['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64', 'win32-x64'] as const;

/** Tools that come as one package per platform. An install on one machine may lock the packages of that machine only. */
const BUILT_TOOLS = [
  '@biomejs/cli',
  '@node-rs/argon2-',
  '@oxlint/binding-',
  '@oxlint-tsgolint/',
  '@rolldown/binding-',
  '@typescript/typescript-',
] as const;

type LockedPackage = {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
};

type Manifest = { readonly [group: string]: unknown };

const GROUPS = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies'] as const;

/** Holds the lock file and all manifests to what installs the same everywhere. */
export function checkLock(root: string): readonly Breach[] {
  // npm writes this file; `npm ci` refuses it when its shape is another.
  const lock = JSON.parse(readFileSync(join(root, LOCK), 'utf8')) as {
    readonly packages: { readonly [path: string]: LockedPackage };
  };
  const installed = Object.entries(lock.packages).filter(([path]) => path.includes('node_modules/'));
  return [
    ...installed.flatMap(([path, entry]) => judgeLocked(path, entry)),
    ...missingPlatforms(installed.map(([path]) => path)),
    ...listFiles(root)
      .filter((path) => /(?:^|\/)package\.json$/.test(path))
      .flatMap((path) => looseVersions(root, path)),
  ];
}

function judgeLocked(path: string, entry: LockedPackage): readonly Breach[] {
  if (entry.link === true) return [];
  const messages: string[] = [];
  if (entry.integrity === undefined) messages.push(`${path} has no integrity`);
  if (entry.resolved !== undefined) messages.push(`${path} names the registry it came from`);
  return messages.map((message) => breach(LOCK, message));
}

function missingPlatforms(paths: readonly string[]): readonly Breach[] {
  return BUILT_TOOLS.flatMap((tool) => {
    const found = paths.filter((path) => path.includes(`node_modules/${tool}`));
    const missing = found.length === 0 ? [] : PLATFORMS.filter((name) => !found.some((path) => path.includes(name)));
    return missing.map((name) => breach(LOCK, `${tool} is not locked for ${name}: npm ci would fail there`));
  });
}

function looseVersions(root: string, path: string): readonly Breach[] {
  // A manifest of this repository: npm refuses one of another shape.
  const manifest = JSON.parse(readFileSync(join(root, path), 'utf8')) as Manifest;
  return GROUPS.flatMap((group) =>
    Object.entries(manifest[group] ?? {})
      .filter(([, version]) => !/^\d+\.\d+\.\d+(?:-[\w.]+)?$/.test(String(version)))
      .map(([name, version]) => breach(path, `${name} is "${String(version)}": pin one version`)),
  );
}

function breach(path: string, message: string): Breach {
  return { rule: 'lock', path, line: null, message };
}

if (import.meta.main) reportBreaches('lock', checkLock(REPOSITORY));
