import { timingSafeEqual } from 'node:crypto';
import { type Instant, instant, ok, PREVIEW_MS, refuse, type Result } from '@claviger/core';
import type { PreviewRefusal } from '../refusal.ts';
import type { ActingUser } from './acting-user.ts';
import type { CommandDeps } from './deps.ts';

/** The acts on many keys that are previewed first (E6, X6). */
export type PreviewedAct = 'apply-expiration-policy' | 'force-expire-keys';

/** What a preview token says: nothing of it is stored, all of it is sealed. */
export type Previewed<Terms> = {
  readonly at: Instant;
  /** What was asked for, as JSON values. */
  readonly terms: Terms;
  /** The digest of exactly what would be done (`planDigest`). */
  readonly planDigest: string;
};

type Deps = { readonly sealer: Pick<CommandDeps['sealer'], 'mac'> };

/** Digests a plan, one line for each key: two plans have the same digest only when they do the very same. */
export function planDigest({ sealer }: Deps, act: PreviewedAct, lines: readonly string[]): string {
  return sealer.mac(`plan ${act}`, lines.join('\n'));
}

/** Makes the token of a preview: bound to the act, the account and the user, and to every word of what was previewed. */
export function makePreviewToken<Terms>(deps: Deps, acting: ActingUser, preview: Previewed<Terms> & Act): string {
  const { act, at, terms, planDigest: digest } = preview;
  const said = Buffer.from(JSON.stringify([at, digest, terms])).toString('base64url');
  return `${said}.${macOf(deps, acting, { act, said })}`;
}

/**
 * Reads a token that this user got for this act, at most an hour ago. A token that somebody made up, that is another user's,
 * another account's or another act's, or that was sealed under a key that was replaced since, is wrong, whichever it is.
 */
export function readPreviewToken<Terms>(
  deps: Deps,
  acting: ActingUser,
  { act, token }: Act & { readonly token: string },
): Result<Previewed<Terms>, PreviewRefusal> {
  const [said = '', mac = ''] = token.split('.');
  if (!isSame(mac, macOf(deps, acting, { act, said }))) return refuse({ kind: 'preview-token-wrong' });
  // The seal proves that `makePreviewToken` wrote it.
  const [at, digest, terms] = JSON.parse(Buffer.from(said, 'base64url').toString()) as [number, string, Terms];
  const previewed = { at: instant(at), terms, planDigest: digest };
  // It is over at the very instant of its end, like everything that ends.
  if (acting.now - at < PREVIEW_MS) return ok(previewed);
  return refuse({ kind: 'preview-expired', previewedAt: previewed.at, validMs: PREVIEW_MS });
}

type Act = { readonly act: PreviewedAct };

function macOf(
  { sealer }: Deps,
  { account, user }: ActingUser,
  { act, said }: Act & { readonly said: string },
): string {
  return sealer.mac('preview-token', JSON.stringify([act, account.id, user.id, said]));
}

function isSame(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
