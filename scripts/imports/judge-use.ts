import { posix } from 'node:path';
import { isTestFile } from '../source-files.ts';
import type { ImportUse } from './import-uses.ts';
import {
  ENGINE_CHOOSER,
  ENGINE_OPENERS,
  FEATURES,
  type Grant,
  HTTP_FREE,
  type ImportRule,
  PACKAGE_NAMES,
  PACKAGE_TABLE,
  type PackageName,
} from './rules.ts';

/** A file with one of its imports: what every rule looks at. */
export type UseInFile = { readonly path: string; readonly owner: PackageName; readonly use: ImportUse };

type Verdict = { readonly rule: ImportRule; readonly message: string };

/** The package that a path lies in, or null when its folder has no row in the table. */
export function packageOf(path: string): PackageName | null {
  const folder = path.split('/')[1];
  return PACKAGE_NAMES.find((name) => name === folder) ?? null;
}

/** The file a relative import leads to, or null for packages. */
export function relativeTarget(path: string, specifier: string): string | null {
  return specifier.startsWith('.') ? posix.join(posix.dirname(path), specifier) : null;
}

/** Judges one import by every rule that needs no other file. */
export function judgeUse(at: UseInFile): readonly Verdict[] {
  const { specifier } = at.use;
  if (specifier === null) return [{ rule: 'computed-import', message: 'the module of this import is computed' }];
  const target = relativeTarget(at.path, specifier);
  const place = target === null ? judgePackage(at, specifier) : judgeRelative(at, target);
  return [...place, ...judgeReExport(at, specifier), ...judgeEngine(at, specifier), ...judgeHttpFree(at, specifier)];
}

function judgeRelative(at: UseInFile, target: string): readonly Verdict[] {
  if (!target.startsWith(`packages/${at.owner}/`)) {
    return [{ rule: 'leaves-package', message: `${target} lies outside packages/${at.owner}` }];
  }
  const from = FEATURES.exec(at.path)?.groups?.['feature'];
  const to = FEATURES.exec(target)?.groups?.['feature'];
  if (from === undefined || to === undefined || from === to) return [];
  return [{ rule: 'closed-feature', message: `feature ${from} imports feature ${to}` }];
}

function judgePackage(at: UseInFile, specifier: string): readonly Verdict[] {
  const own = /^(?:@claviger\/([^/]+)|claviger(?=\/|$))(\/.*)?$/.exec(specifier);
  if (own !== null) return judgeOwnPackage(at, own[1] ?? 'cli', own[2] !== undefined);
  const row = PACKAGE_TABLE[at.owner];
  if (isTestFile(at.path)) return [];
  if (specifier.startsWith('node:')) {
    return row.node ? [] : [{ rule: 'node-modules', message: `${at.owner} may not import ${specifier}` }];
  }
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  const isAllowed = row.npm.some((entry) => entry === name || entry === `${name.split('/')[0]}/*`);
  return isAllowed ? [] : [{ rule: 'npm-table', message: `${at.owner} may not import ${name}` }];
}

function judgeOwnPackage(at: UseInFile, folder: string, isDeep: boolean): readonly Verdict[] {
  const other = PACKAGE_NAMES.find((name) => name === folder);
  const grant = other === undefined ? undefined : PACKAGE_TABLE[at.owner].packages[other];
  const deep: Verdict = { rule: 'deep-import', message: `import @claviger/${folder} by its name alone` };
  if (grant === undefined) {
    const refused: Verdict = { rule: 'package-table', message: `${at.owner} may not import ${folder}` };
    return isDeep ? [deep, refused] : [refused];
  }
  const outside = at.use.names.filter((entry) => !isGranted(grant, entry)).map((entry) => entry.name);
  if (outside.length === 0) return isDeep ? [deep] : [];
  return [{ rule: 'granted-names', message: `${at.owner} may not import ${outside.join(', ')} from ${folder}` }];
}

function isGranted(grant: Grant, entry: ImportUse['names'][number]): boolean {
  if (grant === 'everything') return true;
  if (grant === 'types-and-constants') return entry.isType || /^[A-Z][A-Z0-9_]*$/.test(entry.name);
  return grant.includes(entry.name);
}

function judgeReExport(at: UseInFile, specifier: string): readonly Verdict[] {
  if (at.use.form !== 're-export' || at.path === `packages/${at.owner}/src/index.ts`) return [];
  return [{ rule: 're-export', message: `import ${specifier} where it is used instead of handing it on` }];
}

function judgeEngine(at: UseInFile, specifier: string): readonly Verdict[] {
  if (specifier !== '@claviger/storage' || at.path === ENGINE_CHOOSER || isTestFile(at.path)) return [];
  const opens = at.use.names.filter(
    (entry) => entry.name === '*' || ENGINE_OPENERS.some((name) => name === entry.name),
  );
  return opens.map((entry) => ({ rule: 'engine-opener', message: `${entry.name} belongs in ${ENGINE_CHOOSER}` }));
}

function judgeHttpFree(at: UseInFile, specifier: string): readonly Verdict[] {
  if (!HTTP_FREE.folders.some((folder) => at.path.startsWith(folder)) || isTestFile(at.path)) return [];
  const target = relativeTarget(at.path, specifier);
  const knowsHttp = target === null ? HTTP_FREE.neverNpm.test(specifier) : target.startsWith(HTTP_FREE.neverFolder);
  return knowsHttp ? [{ rule: 'http-free', message: `a command or job may not import ${specifier}` }] : [];
}
