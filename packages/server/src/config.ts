import {
  DEFAULT_KEY_PREFIX,
  type IpRange,
  isKeyPrefix,
  KEYS_PER_USER_DEFAULT,
  ok,
  parseIpRange,
  refuse,
  type Result,
  type Secret,
  SETUP_TOKEN_SHORTEST,
  STALENESS_SECONDS_DEFAULT,
  STALENESS_SECONDS_LONGEST,
  STALENESS_SECONDS_SHORTEST,
} from '@claviger/core';
import {
  isLoopbackHost,
  type ListenAddress,
  formatListenAddress,
  parseListenAddress,
} from './config/listen-address.ts';
import { type MailSettings, readMailSettings } from './config/mail-settings.ts';
import { parsePublicUrl, type PublicUrl, publicUrlOfListener } from './config/public-url.ts';
import { parseSealingKeys, type SealingKey } from './config/sealing-keys.ts';
import { readSettings, type Settings, type SettingSources } from './config/settings.ts';
import { readTlsFiles, type TlsFiles } from './config/tls-settings.ts';

/** Which planes this process runs. */
export type Roles = { readonly control: boolean; readonly data: boolean };

/** Everything the server is told from outside, parsed once. Nothing else reads the environment. */
export type Config = {
  readonly roles: Roles;
  readonly dataDir: string;
  readonly database: { readonly engine: 'sqlite' } | { readonly engine: 'postgres'; readonly url: Secret };
  readonly listen: ListenAddress;
  readonly dataPlaneListen: ListenAddress;
  readonly metricsListen: ListenAddress;
  /** The certificate that all listeners serve; null when they speak plain HTTP. */
  readonly tls: TlsFiles | null;
  /** Null with port 0: it follows from the port that the system gives. */
  readonly publicUrl: PublicUrl | null;
  readonly setupToken: Secret | null;
  readonly verifierKey: Secret | null;
  readonly sealingKeys: readonly SealingKey[] | null;
  readonly keyPrefix: string;
  readonly formerKeyPrefixes: readonly string[];
  readonly keysPerUserMost: number;
  readonly stalenessSeconds: number;
  readonly trustedProxies: readonly IpRange[];
  /** Addresses beside the public Internet that webhooks may be sent to (Q33). */
  readonly outboundAllow: readonly IpRange[];
  readonly routesFile: string | null;
  readonly mail: MailSettings;
  readonly logLevel: LogLevel;
};

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Settings that are read below. Secret ones may also come as `…_FILE`. */
const KNOWN = [
  'CLAVIGER_BEHIND_TLS_PROXY',
  'CLAVIGER_DATA_DIR',
  'CLAVIGER_DATA_PLANE_LISTEN',
  'CLAVIGER_FORMER_KEY_PREFIXES',
  'CLAVIGER_KEYS_PER_USER',
  'CLAVIGER_KEY_PREFIX',
  'CLAVIGER_LISTEN',
  'CLAVIGER_MAIL_FROM',
  'CLAVIGER_METRICS_LISTEN',
  'CLAVIGER_OUTBOUND_ALLOW',
  'CLAVIGER_PUBLIC_URL',
  'CLAVIGER_ROUTES',
  'CLAVIGER_STALENESS_SECONDS',
  'CLAVIGER_TLS_CERT',
  'CLAVIGER_TLS_KEY',
  'CLAVIGER_TRUSTED_PROXIES',
];
const KNOWN_SECRETS = ['CLAVIGER_SEALING_KEY', 'CLAVIGER_SETUP_TOKEN', 'CLAVIGER_VERIFIER_KEY', 'SMTP_URL'];

/** Settings whose feature is still to come: taking them silently would promise what does not happen. */
const NOT_YET: Readonly<Record<string, string>> = {
  CLAVIGER_CONTROL_PLANE_URL: 'a verifier of its own is still to come; leave it out',
};

/** What may be given on the command line; it goes before the environment. */
export type Flags = { readonly roles?: string; readonly dataDir?: string };

/** Parses everything that is set, or answers with all mistakes at once. Reads files only through `sources.readFile`. */
export function parseConfig(sources: SettingSources, flags: Flags): Result<Config, readonly string[]> {
  const settings = readSettings(sources);
  reportUnknown(sources.env, settings);
  const config = readConfig(settings, flags);
  return settings.mistakes.length === 0 ? ok(Object.freeze(config)) : refuse(settings.mistakes);
}

function reportUnknown(env: SettingSources['env'], settings: Settings): void {
  const known = new Set([...KNOWN, ...KNOWN_SECRETS, ...KNOWN_SECRETS.map((name) => `${name}_FILE`)]);
  for (const name of Object.keys(env).toSorted()) {
    const hint = NOT_YET[name];
    if (hint !== undefined) {
      if (settings.text(name) !== null) settings.mistake(`${name} is not supported yet: ${hint}`);
    } else if (name.startsWith('CLAVIGER_') && !known.has(name)) {
      settings.mistake(`${name} is not a setting of Claviger: correct its name or leave it out`);
    }
  }
}

function readConfig(settings: Settings, flags: Flags): Config {
  const tls = readTlsFiles(settings);
  const addresses = readAddresses(settings, tls !== null);
  return {
    ...addresses,
    tls,
    roles: readRoles(settings, flags.roles),
    dataDir: flags.dataDir ?? settings.text('CLAVIGER_DATA_DIR') ?? './data',
    database: readDatabase(settings),
    publicUrl: readPublicUrl(settings, addresses.listen, tls !== null),
    setupToken: readSetupToken(settings),
    verifierKey: settings.secret('CLAVIGER_VERIFIER_KEY'),
    sealingKeys: readSealingKeys(settings),
    ...readPrefixes(settings),
    keysPerUserMost: readWhole(settings, 'CLAVIGER_KEYS_PER_USER', {
      shortest: 1,
      longest: 1_000_000,
      fallback: KEYS_PER_USER_DEFAULT,
    }),
    stalenessSeconds: readWhole(settings, 'CLAVIGER_STALENESS_SECONDS', {
      shortest: STALENESS_SECONDS_SHORTEST,
      longest: STALENESS_SECONDS_LONGEST,
      fallback: STALENESS_SECONDS_DEFAULT,
    }),
    trustedProxies: readRanges(settings, 'CLAVIGER_TRUSTED_PROXIES'),
    outboundAllow: readRanges(settings, 'CLAVIGER_OUTBOUND_ALLOW'),
    routesFile: settings.text('CLAVIGER_ROUTES'),
    mail: readMailSettings(settings),
    logLevel: settings.parsed('LOG_LEVEL', `one of ${LOG_LEVELS.join(', ')}`, {
      parse: (text) => LOG_LEVELS.find((level) => level === text) ?? null,
      fallback: 'info',
    }),
  };
}

function readRoles(settings: Settings, flag: string | undefined): Roles {
  const names = (flag ?? 'control,data').split(',').map((name) => name.trim());
  const isKnown = names.every((name) => name === 'control' || name === 'data');
  if (!isKnown || new Set(names).size !== names.length) {
    settings.mistake(`--roles is "${flag}", but must be control, data, or control,data`);
  }
  return { control: names.includes('control'), data: names.includes('data') };
}

type Addresses = Pick<Config, 'listen' | 'dataPlaneListen' | 'metricsListen'>;

/** Plain HTTP carries keys: off loopback it is refused unless a proxy in front ends TLS. */
function readAddresses(settings: Settings, isTls: boolean): Addresses {
  const isBehindTlsProxy = settings.parsed('CLAVIGER_BEHIND_TLS_PROXY', '1 (or left out)', {
    parse: (text) => (text === '1' ? true : null),
    fallback: false,
  });
  const read = (name: string, port: number): ListenAddress => {
    const fallback = { host: '127.0.0.1', port };
    const rule = 'an address and a port, such as 127.0.0.1:4400 or [::1]:4400';
    const address = settings.parsed(name, rule, { parse: parseListenAddress, fallback });
    if (!isLoopbackHost(address.host) && !isTls && !isBehindTlsProxy) {
      settings.mistake(
        `${name} is ${formatListenAddress(address)}: plain HTTP off loopback would show keys to the network. ` +
          'Listen on 127.0.0.1, set CLAVIGER_TLS_CERT and CLAVIGER_TLS_KEY, or put a proxy that ends TLS in front and set ' +
          'CLAVIGER_BEHIND_TLS_PROXY=1',
      );
    }
    return address;
  };
  return {
    listen: read('CLAVIGER_LISTEN', 4400),
    dataPlaneListen: read('CLAVIGER_DATA_PLANE_LISTEN', 4401),
    metricsListen: read('CLAVIGER_METRICS_LISTEN', 4402),
  };
}

function readPublicUrl(settings: Settings, listen: ListenAddress, isTls: boolean): PublicUrl | null {
  const rule = 'https://… without a path, or http://… on loopback';
  const given = settings.parsed('CLAVIGER_PUBLIC_URL', rule, { parse: parsePublicUrl, fallback: null });
  if (given !== null && isTls && !given.isHttps) {
    settings.mistake(`CLAVIGER_PUBLIC_URL is ${given.origin}, but the listeners speak TLS: set it to https://…`);
  }
  if (given !== null) return given;
  if (!isLoopbackHost(listen.host) && settings.text('CLAVIGER_PUBLIC_URL') === null) {
    settings.mistake(
      'CLAVIGER_PUBLIC_URL is required when CLAVIGER_LISTEN is not on loopback: set it to the https:// address that ' +
        'people open; it is never taken from the Host header',
    );
  }
  return listen.port === 0 ? null : publicUrlOfListener(listen, isTls);
}

function readDatabase(settings: Settings): Config['database'] {
  const url = settings.secret('DATABASE_URL');
  if (url === null) return { engine: 'sqlite' };
  const text = url.reveal();
  // The value may hold a password: it is not printed.
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) {
    settings.mistake('DATABASE_URL must be postgres://user:password@host:port/database (or left out for SQLite)');
  }
  return { engine: 'postgres', url };
}

function readSetupToken(settings: Settings): Secret | null {
  const token = settings.secret('CLAVIGER_SETUP_TOKEN');
  if (token !== null && token.reveal().length < SETUP_TOKEN_SHORTEST) {
    settings.mistake(
      `CLAVIGER_SETUP_TOKEN has fewer than ${SETUP_TOKEN_SHORTEST} characters: choose a longer random one`,
    );
  }
  return token;
}

function readSealingKeys(settings: Settings): readonly SealingKey[] | null {
  const text = settings.secret('CLAVIGER_SEALING_KEY');
  if (text === null) return null;
  const keys = parseSealingKeys(text);
  if (keys === null) {
    settings.mistake('CLAVIGER_SEALING_KEY must be <number>:<43 base64url characters>, several separated by commas');
  }
  return keys;
}

function readPrefixes(settings: Settings): Pick<Config, 'keyPrefix' | 'formerKeyPrefixes'> {
  const rule = 'a lower-case letter followed by 1 to 15 lower-case letters or digits';
  const keyPrefix = settings.parsed('CLAVIGER_KEY_PREFIX', rule, {
    parse: (text) => (isKeyPrefix(text) ? text : null),
    fallback: DEFAULT_KEY_PREFIX,
  });
  const formerKeyPrefixes = settings.parsed('CLAVIGER_FORMER_KEY_PREFIXES', `a list with commas, each ${rule}`, {
    parse: (text) => listOf(text, (entry) => (isKeyPrefix(entry) ? entry : null)),
    fallback: [],
  });
  return { keyPrefix, formerKeyPrefixes: formerKeyPrefixes.filter((former) => former !== keyPrefix) };
}

function readRanges(settings: Settings, name: string): readonly IpRange[] {
  return settings.parsed(name, 'a list of addresses or CIDR ranges with commas', {
    parse: (text) => listOf(text, parseIpRange),
    fallback: [],
  });
}

function readWhole(
  settings: Settings,
  name: string,
  bounds: { readonly shortest: number; readonly longest: number; readonly fallback: number },
): number {
  return settings.parsed(name, `a whole number from ${bounds.shortest} to ${bounds.longest}`, {
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
      return value >= bounds.shortest && value <= bounds.longest ? value : null;
    },
    fallback: bounds.fallback,
  });
}

function listOf<T>(text: string, parse: (entry: string) => T | null): readonly T[] | null {
  const parsed = text.split(',').map((entry) => parse(entry.trim()));
  const good = parsed.filter((entry) => entry !== null);
  return good.length === parsed.length ? good : null;
}
