/** The packages of this repository, as folders under `packages/`. */
export const PACKAGE_NAMES = [
  'core',
  'contract',
  'storage',
  'verifier',
  'gateway',
  'client',
  'server',
  'cli',
  'portal',
] as const;

/** A folder under `packages/`. */
export type PackageName = (typeof PACKAGE_NAMES)[number];

/** How much of another package may be imported: all of it, types and constants only, or the listed names. */
export type Grant = 'everything' | 'types-and-constants' | readonly string[];

/** What one package may import. Tests may use any npm package and Node module, but other packages only as listed here. */
export type PackageRule = {
  readonly packages: { readonly [name in PackageName]?: Grant };
  /** npm packages; `@scope/*` stands for every package of a scope. */
  readonly npm: readonly string[];
  /** Whether Node's own modules may be imported. What browsers load may not. */
  readonly node: boolean;
};

/** Who may import whom. The linter is set up from this table too. */
export const PACKAGE_TABLE: { readonly [name in PackageName]: PackageRule } = {
  core: { packages: {}, npm: [], node: false },
  contract: { packages: { core: 'types-and-constants' }, npm: ['zod'], node: false },
  storage: { packages: { core: 'everything', contract: 'everything' }, npm: ['kysely', 'pg'], node: true },
  verifier: { packages: { core: 'everything', contract: 'everything' }, npm: [], node: true },
  gateway: {
    packages: { core: 'everything', contract: 'everything', verifier: 'everything' },
    npm: ['zod'],
    node: true,
  },
  client: { packages: { contract: 'everything' }, npm: [], node: false },
  server: {
    packages: {
      core: 'everything',
      contract: 'everything',
      storage: 'everything',
      verifier: 'everything',
      gateway: 'everything',
    },
    npm: ['@node-rs/argon2', 'fastify', 'nodemailer', 'otpauth', 'pino'],
    node: true,
  },
  cli: {
    packages: {
      client: 'everything',
      contract: 'everything',
      core: 'everything',
      server: ['start', 'operate', 'parsePublicUrl'],
    },
    npm: ['commander'],
    node: true,
  },
  portal: {
    packages: { client: 'everything', contract: 'everything', core: 'everything' },
    npm: [
      '@mantine/*',
      '@simplewebauthn/browser',
      '@tanstack/*',
      'i18next',
      'react',
      'react-dom',
      'react-i18next',
      'uplot',
    ],
    node: false,
  },
};

/** What opens a database: only one file chooses. */
export const ENGINE_OPENERS = ['openSqlite', 'openPostgres'] as const;

/** The one file that may import an engine opener. */
export const ENGINE_CHOOSER = 'packages/server/src/main.ts';

/** Folders that know no HTTP, and what they may therefore not import. */
export const HTTP_FREE = {
  folders: ['packages/server/src/commands/', 'packages/server/src/jobs/'],
  neverFolder: 'packages/server/src/http/',
  neverNpm: /^(?:fastify|fastify-.*|@fastify\/.*)$/,
} as const;

/** The folders of the portal's features, each closed to the others. */
export const FEATURES = /^packages\/portal\/src\/features\/(?<feature>[^/]+)\//;

/** Every rule the check enforces. A test plants one breach of each and fails when a rule here has none. */
export const IMPORT_RULES = {
  'unknown-package': 'A package without a row in the table may import nothing: a new package needs a decision record.',
  'package-table': 'A package imports only the packages that its row allows.',
  'granted-names': 'Where a row grants only types and constants, or only some names, nothing else is imported.',
  'npm-table': 'A package imports only the npm packages that its row allows: a dependency needs a sentence of why.',
  'node-modules': 'A package that runs anywhere imports no module of Node.',
  'deep-import': 'A package is imported by its name: its index.ts is its only door.',
  'leaves-package': 'A relative path stays inside its package.',
  'computed-import': 'An import names its module in plain text, so that this check can read it.',
  reference: 'The compiler settings of a package reference every package that it depends on.',
  circle: 'No file imports itself, however long the way round.',
  're-export': "Only a package's index.ts hands on what another file defines.",
  'engine-opener': 'Only main.ts picks an engine.',
  'http-free': 'Commands and jobs know no HTTP.',
  'closed-feature': 'One feature of the portal never imports another.',
} as const;

/** The name of a rule. */
export type ImportRule = keyof typeof IMPORT_RULES;
