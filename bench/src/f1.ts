import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Effort, measurePair, type Side } from './pairing.ts';
import { sampleKeys } from './sample-keys.ts';
import { type Ratio, ratioOf } from './statistics.ts';

/** One row of the table. */
export type Figure = {
  readonly name: string;
  readonly what: string;
  readonly good: string;
  readonly ratio: Ratio;
  /** Medians of both sides, with their unit. */
  readonly sides: string;
};

const KEYS = 100_000;
const here = import.meta.dirname;

/** F1: verification over HTTP with every check on, against a bare server that reads the same request and answers the same bytes. */
export async function measureF1(effort: Effort): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'claviger-bench-'));
  try {
    const keys = sampleKeys(KEYS);
    const file = join(folder, 'keys.txt');
    writeFileSync(file, `${keys.texts.join('\n')}\n`);
    return [
      await compare('F1 verify', 'POST /v1/keys/verify', {
        script: 'verify',
        arguments: [file, keys.verifierKey],
        effort,
      }),
      await compare('F1 forward auth', 'GET /v1/authz/nginx', { script: 'authz', arguments: [file], effort }),
    ];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

type Load = { readonly script: 'verify' | 'authz'; readonly arguments: readonly string[]; readonly effort: Effort };

async function compare(name: string, what: string, load: Load): Promise<Figure> {
  const shared = { script: join(here, `load/${load.script}.lua`), scriptArguments: load.arguments };
  const guarded: Side = { ...shared, serverFile: join(here, 'servers/data-plane.ts'), serverArguments: [String(KEYS)] };
  const bare: Side = { ...shared, serverFile: join(here, 'servers/bare.ts'), serverArguments: [load.script] };
  const { a, b, refused } = await measurePair(guarded, bare, load.effort);
  // A refused request is cheaper than an allowed one: the comparison would flatter us.
  if (refused > 0) throw new Error(`${what}: ${refused} requests were refused`);
  const sides = `${Math.min(...a).toFixed(1)} against ${Math.min(...b).toFixed(1)} µs CPU`;
  return { name, what, good: '≤ 1.25', ratio: ratioOf(a, b), sides };
}
