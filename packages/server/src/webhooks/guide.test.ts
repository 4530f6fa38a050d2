import { createHmac, timingSafeEqual } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { compileFunction } from 'node:vm';
import { instant, Secret } from '@claviger/core';
import { expect, test } from 'vitest';
import { signedHeaders } from './sign-message.ts';

type IsFromClaviger = (secret: string, headers: Readonly<Record<string, string>>, body: Buffer) => boolean;

/** The function that the guide shows, as a reader would paste it; what it imports is handed in. */
function isFromClaviger(): IsFromClaviger {
  const guide = readFileSync(new URL('../../../../docs/guides/webhooks.md', import.meta.url), 'utf8');
  const [, code = ''] =
    /```js\nimport \{ createHmac, timingSafeEqual \} from 'node:crypto';\n(.*?)```/s.exec(guide) ?? [];
  const make = compileFunction(`${code}\nreturn isFromClaviger;`, ['createHmac', 'timingSafeEqual']);
  return make(createHmac, timingSafeEqual) as IsFromClaviger;
}

test('the guide’s own function takes what we sign, and nothing else (R8)', () => {
  const verify = isFromClaviger();
  const secrets = [1, 2].map((byte) => `whsec_${Buffer.alloc(32, byte).toString('base64')}`);
  const body = Buffer.from('{"type":"key.created","name":"ü"}');
  const at = instant(Date.now());
  const signed = (when = at): Readonly<Record<string, string>> =>
    signedHeaders(
      secrets.map((secret) => new Secret(secret)),
      { id: 'evt_1', at: when, body: body.toString() },
    );
  for (const secret of secrets) expect(verify(secret, signed(), body)).toBe(true);
  const [secret = ''] = secrets;
  expect(verify(`whsec_${Buffer.alloc(32, 3).toString('base64')}`, signed(), body)).toBe(false);
  expect(verify(secret, signed(), Buffer.concat([body, Buffer.from(' ')]))).toBe(false);
  expect(verify(secret, { ...signed(), 'webhook-id': 'evt_2' }, body)).toBe(false);
  expect(verify(secret, { ...signed(), 'webhook-signature': '' }, body)).toBe(false);
  expect(verify(secret, signed(instant(at - 301_000)), body)).toBe(false);
  expect(verify(secret, {}, body)).toBe(false);
});
