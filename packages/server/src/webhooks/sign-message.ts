import { createHmac } from 'node:crypto';
import type { Instant, Secret } from '@claviger/core';

/** What is signed: the id of the event, the time of the attempt, the body as it is sent. */
export type SignedParts = { readonly id: string; readonly at: Instant; readonly body: string };

/** The headers of a message as Standard Webhooks name them; each secret signs, the newest first. */
export function signedHeaders(
  secrets: readonly Secret[],
  { id, at, body }: SignedParts,
): Readonly<Record<'webhook-id' | 'webhook-timestamp' | 'webhook-signature', string>> {
  const seconds = String(Math.floor(at / 1000));
  const signatures = secrets.map((secret) => `v1,${signatureOf(secret, `${id}.${seconds}.${body}`)}`);
  return { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures.join(' ') };
}

/** The key is what the base64 after `whsec_` stands for, not its text. */
function signatureOf(secret: Secret, text: string): string {
  const key = Buffer.from(secret.reveal().slice('whsec_'.length), 'base64');
  return createHmac('sha256', key).update(text).digest('base64');
}
