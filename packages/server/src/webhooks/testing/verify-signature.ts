import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/**
 * Verifies a message as a receiver does that knows the public specification and nothing of this program: the secret
 * without `whsec_` is base64; signed is `id.timestamp.body`; any of the signatures of version `v1` may fit.
 */
export function verifySignature(
  secret: string,
  { headers, body }: { readonly headers: IncomingHttpHeaders; readonly body: string },
): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(secret)) throw new Error('not a secret of Standard Webhooks');
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  if (key.length < 24 || key.length > 64) throw new Error(`a key of ${key.length} bytes`);
  const signed = [String(headers['webhook-id']), String(headers['webhook-timestamp']), body].join('.');
  const expected = createHmac('sha256', key).update(Buffer.from(signed, 'utf8')).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .map((part) => part.split(','))
    .some(([version, signature]) => {
      const given = Buffer.from(signature ?? '', 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}
