import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { type Instant, instant, ok, refuse, type Result, Secret } from '@claviger/core';
import type { TlsFiles } from '../config/tls-settings.ts';

/** A certificate and its key as the files hold them, known to fit each other. */
export type Certificate = {
  /** PEM, the whole chain. */
  readonly chain: string;
  /** PEM. */
  readonly key: Secret;
  /** The first instant at which clients refuse it. */
  readonly endsAt: Instant;
};

/** Milliseconds. A certificate's end is written in whole seconds, the last of which still counts. */
const LAST_SECOND_MS = 1_000;
/** TLS 1.0 and 1.1 are broken; every client since 2014 knows 1.2. */
export const OLDEST_TLS = 'TLSv1.2';

/** Reads both files, or answers with the one line that says what is wrong with which; no part of the key is in it. */
export function readCertificate({ certFile, keyFile }: TlsFiles): Result<Certificate, string> {
  const chain = readText('CLAVIGER_TLS_CERT', certFile);
  if (!chain.ok) return chain;
  const key = readText('CLAVIGER_TLS_KEY', keyFile);
  if (!key.ok) return key;
  const certificate = parsed(() => new X509Certificate(chain.value));
  if (certificate === null) return refuse(`CLAVIGER_TLS_CERT names ${certFile}, which holds no certificate in PEM`);
  const privateKey = parsed(() => createPrivateKey(key.value));
  if (privateKey === null) {
    return refuse(`CLAVIGER_TLS_KEY names ${keyFile}, which holds no private key in PEM without a passphrase`);
  }
  const pair = { chain: chain.value, key: new Secret(key.value) };
  if (!isPair(certificate, privateKey, pair)) {
    return refuse(`the key in ${keyFile} does not belong to the first certificate in ${certFile}`);
  }
  return ok({ ...pair, endsAt: instant(certificate.validToDate.getTime() + LAST_SECOND_MS) });
}

/** Tried in full: what a listener could not be made with is found here, not at the first client. */
function isPair(
  certificate: X509Certificate,
  privateKey: KeyObject,
  pair: Pick<Certificate, 'chain' | 'key'>,
): boolean {
  if (!certificate.checkPrivateKey(privateKey)) return false;
  return parsed(() => createSecureContext(secureOptionsOf(pair))) !== null;
}

/** What node:tls takes of a pair. */
export function secureOptionsOf({ chain, key }: Pick<Certificate, 'chain' | 'key'>): {
  readonly cert: string;
  readonly key: string;
  readonly minVersion: typeof OLDEST_TLS;
} {
  return { cert: chain, key: key.reveal(), minVersion: OLDEST_TLS };
}

function readText(setting: string, path: string): Result<string, string> {
  try {
    return ok(readFileSync(path, 'utf8'));
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : 'unreadable';
    return refuse(`${setting} names ${path}, which cannot be read (${code})`);
  }
}

/** Null for what OpenSSL cannot read: its own words say nothing to people. */
function parsed<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}
