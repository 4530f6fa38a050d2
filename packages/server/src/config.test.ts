import { expect, test } from 'vitest';
import { parseConfig } from './config.ts';

const FILES: Readonly<Record<string, string>> = {
  '/run/setup': 'a-token-from-a-file\n',
  '/run/empty': '\n',
};
const readFile = (path: string): string => {
  const content = FILES[path];
  if (content === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
  return content;
};

function mistakesOf(env: Record<string, string>, flags: { roles?: string } = {}): readonly string[] {
  const parsed = parseConfig({ env, readFile }, flags);
  return parsed.ok ? [] : parsed.refusal;
}

function configOf(env: Record<string, string>) {
  const parsed = parseConfig({ env, readFile }, {});
  if (!parsed.ok) throw new Error(parsed.refusal.join('; '));
  return parsed.value;
}

test('without any setting the server listens on loopback and keeps its data in ./data', () => {
  const config = configOf({});
  expect(config.listen).toEqual({ host: '127.0.0.1', port: 4400 });
  expect(config.dataPlaneListen).toEqual({ host: '127.0.0.1', port: 4401 });
  expect(config.dataDir).toBe('./data');
  expect(config.database).toEqual({ engine: 'sqlite' });
  expect(config.publicUrl?.sameOrigins).toEqual([
    'http://127.0.0.1:4400',
    'http://[::1]:4400',
    'http://localhost:4400',
  ]);
  expect(config.roles).toEqual({ control: true, data: true });
  expect(config.keysPerUserMost).toBe(10_000);
});

test('the configuration is frozen', () => {
  expect(Object.isFrozen(configOf({}))).toBe(true);
});

test('all mistakes are reported together, unknown settings among them', () => {
  const mistakes = mistakesOf(
    {
      CLAVIGER_LISTN: '127.0.0.1:1',
      CLAVIGER_LISTEN: '127.0.0.1',
      CLAVIGER_KEY_PREFIX: 'Clv',
      CLAVIGER_STALENESS_SECONDS: '4',
      CLAVIGER_KEYS_PER_USER: '1.5',
      CLAVIGER_SETUP_TOKEN: 'fifteen-charact',
      CLAVIGER_SEALING_KEY: '1:short',
      LOG_LEVEL: 'loud',
    },
    { roles: 'control,portal' },
  );
  expect(mistakes).toHaveLength(9);
  for (const name of [
    'LISTN',
    'LISTEN',
    'PREFIX',
    'STALENESS',
    'KEYS_PER',
    'SETUP',
    'SEALING',
    'LOG_LEVEL',
    '--roles',
  ]) {
    expect(mistakes.some((mistake) => mistake.includes(name))).toBe(true);
  }
});

test('no secret enters a mistake', () => {
  const mistakes = mistakesOf({
    CLAVIGER_SETUP_TOKEN: 'canary-short',
    CLAVIGER_SEALING_KEY: 'canary-sealing',
    DATABASE_URL: 'mysql://root:canary-password@db/x',
    SMTP_URL: 'smtp://me:canary-password@mail.example/x',
    CLAVIGER_PUBLIC_URL: 'https://keys.example',
  });
  expect(mistakes).toHaveLength(4);
  expect(mistakes.join('\n')).not.toContain('canary');
});

test.each([
  {
    title: 'a secret may come from a file, without its last line end',
    env: { CLAVIGER_SETUP_TOKEN_FILE: '/run/setup' },
    mistakes: 0,
  },
  {
    title: 'a secret file that does not exist is a mistake',
    env: { CLAVIGER_SETUP_TOKEN_FILE: '/run/none' },
    mistakes: 1,
  },
  { title: 'an empty secret file is a mistake', env: { CLAVIGER_SETUP_TOKEN_FILE: '/run/empty' }, mistakes: 1 },
  {
    title: 'a secret given twice is a mistake',
    env: { CLAVIGER_SETUP_TOKEN_FILE: '/run/setup', CLAVIGER_SETUP_TOKEN: 'x'.repeat(16) },
    mistakes: 1,
  },
  {
    title: 'a set-up token of 16 characters is long enough (T2)',
    env: { CLAVIGER_SETUP_TOKEN: 'x'.repeat(16) },
    mistakes: 0,
  },
  { title: 'plain HTTP off loopback is refused', env: { CLAVIGER_DATA_PLANE_LISTEN: '0.0.0.0:4401' }, mistakes: 1 },
  {
    title: 'plain HTTP off loopback needs a public URL besides',
    env: { CLAVIGER_LISTEN: '0.0.0.0:4400' },
    mistakes: 2,
  },
  {
    title: 'plain HTTP off loopback is fine behind a proxy that ends TLS',
    env: {
      CLAVIGER_LISTEN: '0.0.0.0:4400',
      CLAVIGER_BEHIND_TLS_PROXY: '1',
      CLAVIGER_PUBLIC_URL: 'https://keys.example',
    },
    mistakes: 0,
  },
  { title: 'anything but 1 behind a TLS proxy is a mistake', env: { CLAVIGER_BEHIND_TLS_PROXY: 'true' }, mistakes: 1 },
  {
    title: 'TLS of our own needs no proxy off loopback, and a public URL like every listener there',
    env: {
      CLAVIGER_TLS_CERT: '/x',
      CLAVIGER_TLS_KEY: '/y',
      CLAVIGER_LISTEN: '0.0.0.0:4400',
      CLAVIGER_DATA_PLANE_LISTEN: '[::]:4401',
      CLAVIGER_PUBLIC_URL: 'https://keys.example',
    },
    mistakes: 0,
  },
  { title: 'a certificate without its key is a mistake', env: { CLAVIGER_TLS_CERT: '/x' }, mistakes: 1 },
  { title: 'a key without its certificate is a mistake', env: { CLAVIGER_TLS_KEY: '/y' }, mistakes: 1 },
  {
    title: 'TLS with a public URL by plain HTTP is a mistake',
    env: { CLAVIGER_TLS_CERT: '/x', CLAVIGER_TLS_KEY: '/y', CLAVIGER_PUBLIC_URL: 'http://127.0.0.1:4400' },
    mistakes: 1,
  },
  {
    title: 'mail by SMTP needs the address that its links lead to',
    env: { SMTP_URL: 'smtp://mail.example' },
    mistakes: 1,
  },
  {
    title: 'mail by SMTP with a public URL is fine',
    env: { SMTP_URL: 'smtp://mail.example', CLAVIGER_PUBLIC_URL: 'https://keys.example' },
    mistakes: 0,
  },
  {
    title: 'a mail server that is none is a mistake',
    env: { SMTP_URL: 'mail.example:25', CLAVIGER_PUBLIC_URL: 'https://keys.example' },
    mistakes: 1,
  },
  { title: 'a sender without an address is a mistake', env: { CLAVIGER_MAIL_FROM: 'Claviger' }, mistakes: 1 },
  {
    title: 'a trusted proxy with host bits set is refused (I2)',
    env: { CLAVIGER_TRUSTED_PROXIES: '10.0.0.1/8' },
    mistakes: 1,
  },
  {
    title: 'trusted proxies may be several (I6)',
    env: { CLAVIGER_TRUSTED_PROXIES: '10.0.0.0/8, fd00::/8' },
    mistakes: 0,
  },
  { title: 'foreign settings are left alone', env: { PATH: '/bin', OTEL_SERVICE_NAME: 'x' }, mistakes: 0 },
])('$title', ({ env, mistakes }) => {
  expect(mistakesOf(env)).toHaveLength(mistakes);
});

test.each([
  'http://keys.example',
  'https://keys.example/path',
  'https://keys.example?x',
  'https://user@keys.example',
  'ftp://keys.example',
  'keys.example',
  'https://',
  'https://[',
  'https://a\\b',
])('%s is no public URL', (url) => {
  expect(mistakesOf({ CLAVIGER_PUBLIC_URL: url })).toHaveLength(1);
});

test('a public URL by https has one origin and may end in a slash', () => {
  expect(configOf({ CLAVIGER_PUBLIC_URL: 'https://Keys.example/' }).publicUrl).toEqual({
    origin: 'https://keys.example',
    isHttps: true,
    sameOrigins: ['https://keys.example'],
  });
});

test('with TLS the public URL of a listener on loopback is https, under each of its names', () => {
  const tls = { CLAVIGER_TLS_CERT: '/x', CLAVIGER_TLS_KEY: '/y' };
  expect(configOf(tls).publicUrl).toEqual({
    origin: 'https://127.0.0.1:4400',
    isHttps: true,
    sameOrigins: ['https://127.0.0.1:4400', 'https://[::1]:4400', 'https://localhost:4400'],
  });
});

test('sealing keys are read newest first (K7)', () => {
  const keys = configOf({ CLAVIGER_SEALING_KEY: `1:${'a'.repeat(43)},12:${'b'.repeat(43)}` }).sealingKeys;
  expect(keys?.map((key) => key.number)).toEqual([12, 1]);
});

test('a port chosen by the system leaves the public URL open', () => {
  expect(configOf({ CLAVIGER_LISTEN: '[::1]:0' }).publicUrl).toBeNull();
});

test('what requests may go to beside the public Internet is a list of addresses and ranges (Q33)', () => {
  expect(configOf({}).outboundAllow).toEqual([]);
  expect(configOf({ CLAVIGER_OUTBOUND_ALLOW: '10.20.0.0/16, ::1' }).outboundAllow.length).toBe(2);
  for (const wrong of ['10.20.0.1/16', 'localhost', '127.1', '10.0.0.0/8,', '*']) {
    expect(mistakesOf({ CLAVIGER_OUTBOUND_ALLOW: wrong })).toEqual([
      `CLAVIGER_OUTBOUND_ALLOW is "${wrong}", but must be a list of addresses or CIDR ranges with commas`,
    ]);
  }
});
