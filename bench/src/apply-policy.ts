import { hash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import type { AnswerOf } from '@claviger/contract';
import { type BenchInstallation, startInstallation } from './many-keys/installation.ts';
import { type Meanwhile, meanwhile } from './many-keys/meanwhile.ts';

/**
 * Brings 100,000 keys of 500 owners under a policy on a real server (E6), and asks for decisions all the while:
 * `node bench/src/apply-policy.ts [keys] [postgres://…]`. Without a URL it runs on the embedded database.
 */
const OWNERS = 500;
const KEYS_AT_ONCE = 100;
const given = process.argv.slice(2);
const keyCount = Number(given.find((text) => /^\d+$/.test(text)) ?? 100_000);
const databaseUrl = given.find((text) => /^postgres(ql)?:/.test(text)) ?? null;

type Preview = AnswerOf<'preview_expiration_policy'>;
type Application = AnswerOf<'apply_expiration_policy'>;

const installation = await startInstallation(databaseUrl);
try {
  await run(installation);
} finally {
  await installation.close();
}

async function run({ call, verify, pid, databaseBytes }: BenchInstallation): Promise<void> {
  const text = await makeKeys(call);
  const lifespans = { master: { lifespan_days: 90 }, write_only: { lifespan_days: 90 } };
  await call('PUT', '/v1/expiration-policy', lifespans);
  const ask = (): Promise<string> => verify(text);
  const idle = await meanwhile(pid, ask, () => new Promise((resolve) => setTimeout(resolve, 2_000)));
  const preview = await meanwhile(pid, ask, () => call<Preview>('POST', '/v1/expiration-policy/preview', {}));
  const before = databaseBytes();
  const { preview_token } = preview.value;
  const apply = await meanwhile(pid, ask, () =>
    call<Application>('POST', '/v1/expiration-policy/apply', { preview_token }),
  );
  const writtenMib = Math.round((databaseBytes() - before) / 1_048_576);
  report({ idle, preview, apply, writtenMib });
}

/** Makes service accounts and their keys, and answers with the text of one. */
async function makeKeys(call: BenchInstallation['call']): Promise<string> {
  const owners: string[] = [];
  for (let serial = 0; serial < OWNERS; serial += 1) {
    const body = { name: `Owner ${serial}`, service_account: true };
    owners.push((await call<AnswerOf<'create_service_account'>>('POST', '/v1/users', body)).user.id);
  }
  for (let start = 0; start < keyCount; start += KEYS_AT_ONCE) {
    const keys = Array.from({ length: Math.min(KEYS_AT_ONCE, keyCount - start) }, (_, index) => ({
      digest: hash('sha256', textOf(start + index)),
      kind: 'master',
      name: `Key ${start + index}`,
      owner_id: owners[(start + index) % OWNERS],
    }));
    await call('POST', '/v1/keys/import', { keys });
  }
  return textOf(0);
}

function textOf(serial: number): string {
  return `a-key-of-another-system-${serial}`;
}

function report(figures: {
  readonly idle: Meanwhile<unknown>;
  readonly preview: Meanwhile<Preview>;
  readonly apply: Meanwhile<Application>;
  readonly writtenMib: number;
}): void {
  const rows = (['idle', 'preview', 'apply'] as const).map((name) => {
    const { value: _, ...timing } = figures[name];
    return { what: name, ...timing };
  });
  console.table(rows);
  const { counts, most_per_day, spread } = figures.apply.value;
  console.log(
    `${counts.keys} keys of ${counts.owners} owners, ${most_per_day} a day, ${figures.writtenMib} MiB written`,
  );
  console.table(spread);
  const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
  const engine = databaseUrl === null ? 'sqlite' : 'postgres';
  const results = join(import.meta.dirname, '../results');
  mkdirSync(results, { recursive: true });
  const file = join(results, engine === 'sqlite' ? 'apply-policy.json' : 'apply-policy-postgres.json');
  const kept = { machine, engine, counts, rows, writtenMib: figures.writtenMib, spread };
  writeFileSync(file, `${JSON.stringify(kept, null, 2)}\n`);
}
