import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { format, inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { Secret } from './secret.ts';

const TEXT = 'clv_master_canary';
const secret = new Secret(TEXT);

/** What a console writes for these arguments. */
function written(...values: readonly unknown[]): string {
  let output = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      output += String(chunk);
      done();
    },
  });
  new Console(stream, stream).log(...values);
  return output;
}

describe('a secret prints as [secret]', () => {
  test.each<[string, () => string]>([
    ['in a template', () => `${secret as unknown as string}`],
    ['in a sum', () => 'key ' + (secret as unknown as string)],
    ['by String()', () => String(secret)],
    ['in JSON', () => JSON.stringify({ deep: [{ held: secret }] })],
    ['by inspect', () => inspect({ deep: { held: secret } }, { depth: 9, showHidden: true, getters: true })],
    ['by inspect, compared', () => inspect(new Map([[secret, new Set([secret])]]), { showHidden: true })],
    ['by format %s', () => format('%s', secret)],
    ['by format %o', () => format('%o', secret)],
    ['by format %O', () => format('%O', { held: secret })],
    ['by format %j', () => format('%j', { held: secret })],
    ['on the console', () => written('key', secret, { held: secret })],
    ['in the message of an error', () => new Error(`bad key ${secret as unknown as string}`).message],
    ['as the cause of an error', () => inspect(new Error('bad', { cause: secret }))],
    ['as a property of an error', () => inspect(Object.assign(new Error('bad'), { held: secret }))],
    [
      'thrown out of a JSON parser',
      () => {
        try {
          return String(JSON.parse(secret as unknown as string));
        } catch (error) {
          return inspect(error);
        }
      },
    ],
    ['joined', () => [secret, secret].join()],
  ])('%s', (_, print) => {
    const printed = print();
    expect(printed).not.toContain('canary');
    expect(printed).toContain('[secret]');
  });

  test('and shows nothing to those who look at its properties', () => {
    expect(Reflect.ownKeys(secret)).toEqual([]);
    expect(JSON.stringify(structuredClone(secret))).toBe('{}');
    expect(JSON.stringify(Object.assign({}, secret))).toBe('{}');
  });

  test('and gives its text to those who ask for it by name', () => expect(secret.reveal()).toBe(TEXT));
});
