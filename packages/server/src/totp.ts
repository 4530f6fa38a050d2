import { type Instant, type RandomBytes, Secret } from '@claviger/core';
import { Secret as OtpSecret, TOTP } from 'otpauth';

/** What every authenticator app understands: RFC 6238 with SHA-1, six digits, half a minute. Others ignore anything else. */
const RULES = { algorithm: 'SHA1', digits: 6, period: 30 } as const;
const STEP_MS = RULES.period * 1000;
/** Steps before and after the present one whose codes are taken: phones' clocks are off by some seconds (U7). */
const STEPS_OFF = 1;
/** Bytes. As long as the digest of the HMAC, as RFC 4226 recommends. */
const SECRET_BYTES = 20;

/** Draws the secret of a second factor, as base32. */
export function newTotpSecret(randomBytes: RandomBytes): Secret {
  const bytes = Uint8Array.from(randomBytes(SECRET_BYTES));
  return new Secret(new OtpSecret({ buffer: bytes.buffer }).base32);
}

/** What an authenticator app reads from a QR code. */
export function totpUrl(secret: Secret, of: { readonly issuer: string; readonly label: string }): Secret {
  return new Secret(new TOTP({ ...RULES, ...of, secret: secret.reveal() }).toString());
}

/** The time step whose code this is, at most one away from now; null when it is none of them (U7). */
export function stepOfCode(secret: Secret, code: Secret, now: Instant): number | null {
  const totp = new TOTP({ ...RULES, secret: secret.reveal() });
  const delta = totp.validate({ token: code.reveal(), timestamp: now, window: STEPS_OFF });
  return delta === null ? null : Math.floor(now / STEP_MS) + delta;
}
