import { defineConfig } from 'oxlint';
import { PACKAGE_NAMES, PACKAGE_TABLE, type PackageName } from './scripts/imports/rules.ts';

const TIME = 'Time is an argument: take `now: Instant` or a `Clock`.';
const ENVIRONMENT = 'Only config.ts and main.ts read the environment or speak to the process.';

const TIMERS = ['setTimeout', 'setInterval', 'setImmediate'];
const TIMER_MODULES = ['node:timers', 'timers', 'node:timers/promises', 'timers/promises'];
const PROCESS_MODULES = ['node:process', 'process'];

const TESTS = [
  '**/*.test.ts',
  '**/*.test.tsx',
  '**/*.e2e.ts',
  '**/contract-tests/**',
  '**/testing/**',
  '**/test-support/**',
];
const OUTSIDE_PACKAGES = ['e2e/**', 'bench/**', 'examples/**', 'scripts/**', '*.config.ts'];

const DEEP_IMPORT = {
  regex: '^(?:@claviger/[^/]+|claviger)/',
  message: 'Import a package by its name: its index.ts is its only door.',
};

/** A rule that is an error, with its options; the linter's types ask for a mutable pair. */
type ErrorWith<Options> = ['error', Options];
type Pattern = { regex: string; message: string };
type Name = { name: string; message: string };

function globals(names: readonly string[]): ErrorWith<{ globals: Name[]; checkGlobalObject: boolean }> {
  const entries = names.map((name) => ({ name, message: name === 'process' ? ENVIRONMENT : TIME }));
  return ['error', { globals: entries, checkGlobalObject: true }];
}

function imports(
  modules: readonly string[],
  patterns: readonly Pattern[] = [DEEP_IMPORT],
): ErrorWith<{ paths: Name[]; patterns: Pattern[] }> {
  const paths = modules.map((name) => ({ name, message: PROCESS_MODULES.includes(name) ? ENVIRONMENT : TIME }));
  return ['error', { paths, patterns: [...patterns] }];
}

function lines(max: number): ErrorWith<{ max: number; skipBlankLines: boolean; skipComments: boolean }> {
  return ['error', { max, skipBlankLines: true, skipComments: true }];
}

/** The rows of the table that `npm run check:imports` enforces in full, so that editors show a breach at once. */
function packageImports(name: PackageName) {
  const row = PACKAGE_TABLE[name];
  const refused = PACKAGE_NAMES.filter((other) => row.packages[other] === undefined);
  const patterns = [
    DEEP_IMPORT,
    { regex: `^@claviger/(?:${refused.join('|')})$`, message: `${name} may not import this package.` },
    { regex: '^claviger$', message: 'Nothing imports the command line.' },
    ...(row.npm.length > 0 || refused.length < PACKAGE_NAMES.length
      ? []
      : [{ regex: '^[^.]', message: `${name} imports nothing.` }]),
    ...(row.node ? [] : [{ regex: '^node:', message: `${name} imports no module of Node.` }]),
  ];
  return {
    files: [`packages/${name}/src/**`],
    rules: { 'no-restricted-imports': imports([...TIMER_MODULES, ...PROCESS_MODULES], patterns) },
  };
}

export default defineConfig({
  plugins: ['typescript', 'unicorn', 'oxc', 'import', 'promise'],
  categories: { correctness: 'error' },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['.types', '.results', 'dist', 'node_modules'],
  rules: {
    eqeqeq: 'error',
    'import/no-default-export': 'error',
    'max-lines': lines(300),
    'max-lines-per-function': lines(50),
    'max-params': ['error', { max: 4 }],
    'no-console': 'error',
    'no-empty': 'error',
    'no-restricted-globals': globals(['Date', ...TIMERS, 'process']),
    'no-restricted-imports': imports([...TIMER_MODULES, ...PROCESS_MODULES]),
    'no-restricted-properties': [
      'error',
      { object: 'Math', property: 'random', message: 'Randomness is an argument.' },
    ],
    'no-var': 'error',
    'prefer-const': 'error',
    'typescript/await-thenable': 'error',
    'typescript/consistent-type-imports': 'error',
    'typescript/no-explicit-any': 'error',
    'typescript/no-floating-promises': 'error',
    'typescript/no-misused-promises': 'error',
    'typescript/no-non-null-assertion': 'error',
    'typescript/no-unsafe-argument': 'error',
    'typescript/no-unsafe-assignment': 'error',
    'typescript/no-unsafe-call': 'error',
    'typescript/no-unsafe-member-access': 'error',
    'typescript/no-unsafe-return': 'error',
    'typescript/only-throw-error': 'error',
    'typescript/parameter-properties': 'error',
    'typescript/switch-exhaustiveness-check': 'error',
  },
  // A later entry replaces what an earlier one says about a rule; nothing is merged.
  overrides: [
    ...PACKAGE_NAMES.map(packageImports),
    { files: ['packages/core/src/time.ts'], rules: { 'no-restricted-globals': globals([...TIMERS, 'process']) } },
    {
      files: ['packages/**/config.ts'],
      rules: { 'no-restricted-globals': globals(['Date', ...TIMERS]), 'no-restricted-imports': imports(TIMER_MODULES) },
    },
    {
      files: ['packages/**/clock.ts'],
      rules: { 'no-restricted-globals': globals(['process']), 'no-restricted-imports': imports(PROCESS_MODULES) },
    },
    {
      files: ['packages/**/main.ts'],
      rules: { 'no-restricted-globals': 'off', 'no-restricted-imports': imports([]), 'no-console': 'off' },
    },
    { files: ['packages/portal/**'], rules: { 'no-restricted-globals': globals(['process']) } },
    { files: ['**/*.tsx'], rules: { 'max-lines-per-function': lines(120) } },
    {
      files: [...TESTS, ...OUTSIDE_PACKAGES],
      rules: {
        'no-console': 'off',
        'no-restricted-globals': 'off',
        'no-restricted-imports': imports([]),
        'no-restricted-properties': 'off',
      },
    },
    {
      files: TESTS,
      rules: {
        'max-lines-per-function': 'off',
        // Answers that a test reads back (JSON, rows) are `any`: what they hold is the thing under test.
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
      },
    },
    { files: ['**/*.config.ts'], rules: { 'import/no-default-export': 'off' } },
  ],
});
