import { hash } from 'node:crypto';
import type { Figure } from './f1.ts';
import type { Effort } from './pairing.ts';
import { sampleKeys } from './sample-keys.ts';
import { loadedVerifier } from './servers/loaded-verifier.ts';
import { median, ratioOf } from './statistics.ts';

const KEYS = 100_000;
const ROUNDS = 3;
const ADDRESS = [0, 0, 0xffff, 0xcb007107 | 0] as const;

/** F3: parse, digest, look-up and full decision in process, against one SHA-256 of the same text. */
export async function measureF3(effort: Effort): Promise<readonly Figure[]> {
  const keys = sampleKeys(KEYS);
  const { verifier, clock, stop } = await loadedVerifier(keys.source);
  const now = clock.now();
  const question = {
    typeAndOperation: 'database:query',
    resourceName: 'sales',
    ip: ADDRESS,
    origin: null,
    accountIds: null,
    now,
  };
  const decide = (text: string): boolean => verifier.decide({ ...question, key: text }).code === 'allowed';
  const digest = (text: string): boolean => hash('sha256', text, 'latin1').length === 32;
  const [a, b]: [number[], number[]] = [[], []];
  nanosecondsEach(keys.texts, decide);
  nanosecondsEach(keys.texts, digest);
  for (let pair = 0; pair < effort.starts * effort.slots; pair += 1) {
    a.push(nanosecondsEach(keys.texts, decide));
    b.push(nanosecondsEach(keys.texts, digest));
  }
  stop();
  const sides = `${median(a).toFixed(0)} against ${median(b).toFixed(0)} ns`;
  return [{ name: 'F3', what: 'decide() in process', good: '≤ 4', ratio: ratioOf(a, b), sides }];
}

function nanosecondsEach(texts: readonly string[], work: (text: string) => boolean): number {
  let good = 0;
  const start = process.hrtime.bigint();
  for (let round = 0; round < ROUNDS; round += 1) for (const text of texts) if (work(text)) good += 1;
  const elapsed = Number(process.hrtime.bigint() - start);
  if (good !== texts.length * ROUNDS) throw new Error('a key was refused: the comparison would mean nothing');
  return elapsed / good;
}
