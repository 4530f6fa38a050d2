import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { type Figure, measureF1 } from './f1.ts';
import { measureF3 } from './f3.ts';

const QUICK = { starts: 1, slots: 3, seconds: 1 };
const FULL = { starts: 3, slots: 7, seconds: 1 };

const isQuick = process.argv.includes('--quick');
const effort = isQuick ? QUICK : FULL;

const figures = [...(await measureF3(effort)), ...(await measureF1(effort))];
console.log(table(figures));
const results = join(import.meta.dirname, '../results');
mkdirSync(results, { recursive: true });
const machine = { cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length, node: process.version };
writeFileSync(join(results, 'latest.json'), `${JSON.stringify({ machine, effort, figures }, null, 2)}\n`);

function table(rows: readonly Figure[]): string {
  const lines = rows.map(
    ({ name, what, good, ratio, sides }) =>
      `| ${name} | ${what} | ${good} | ${two(ratio.lowest)} | ${two(ratio.median)} (${two(ratio.from)} to ${two(ratio.to)}, ${ratio.slots} pairs) | ${sides} |`,
  );
  const head = [
    '| figure | what | good | lowest slots | median of pairs (spread) | lowest of each side |',
    '| --- | --- | --- | --- | --- | --- |',
  ];
  return [...head, ...lines].join('\n');
}

function two(value: number): string {
  return value.toFixed(2);
}
