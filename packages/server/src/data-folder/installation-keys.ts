import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { ok, refuse, type Result, Secret } from '@claviger/core';
import { formatSealingKeys, parseSealingKeys, type SealingKey } from '../config/sealing-keys.ts';
import { inTheWay, type StartRefusal } from '../start-refusal.ts';
import type { DataFolder } from './data-folder.ts';

/** The secrets of an installation that live outside its database. */
export type InstallationKeys = {
  /** Newest first (K7). */
  readonly sealingKeys: readonly SealingKey[];
  /** Ed25519: signs the audit chain's head (A4). */
  readonly signingKey: KeyObject;
};

/** The file in the data folder with the sealing keys, newest first. */
export const SEALING_KEY_FILE = 'sealing-key';
const SIGNING_KEY = 'signing-key';

/**
 * Reads the installation's keys, and makes them at the very first start, before there is a database. A key that is missing beside an
 * existing database is refused: a new one would turn every key into a row that nobody sealed.
 */
export function openInstallationKeys(
  folder: DataFolder,
  given: { readonly sealingKeys: readonly SealingKey[] | null; readonly isDatabaseElsewhere: boolean },
): Result<InstallationKeys, StartRefusal> {
  const isFirstStart = given.isDatabaseElsewhere || !existsSync(folder.databaseFile);
  const sealing = given.sealingKeys === null ? openSealingKeys(folder, isFirstStart) : ok(given.sealingKeys);
  if (!sealing.ok) return sealing;
  const signing = openSigningKey(folder, isFirstStart);
  if (!signing.ok) return signing;
  return ok({ sealingKeys: sealing.value, signingKey: signing.value });
}

function openSealingKeys(folder: DataFolder, mayMake: boolean): Result<readonly SealingKey[], StartRefusal> {
  const stored = folder.read(SEALING_KEY_FILE);
  if (!stored.ok) return stored;
  if (stored.value === null) {
    if (!mayMake) return refuse(missing(folder, SEALING_KEY_FILE));
    const made: readonly SealingKey[] = [{ number: 1, key: new Secret(randomBytes(32).toString('base64url')) }];
    folder.write(SEALING_KEY_FILE, `${formatSealingKeys(made)}\n`);
    return ok(made);
  }
  const keys = parseSealingKeys(new Secret(stored.value.trim()));
  if (keys !== null) return ok(keys);
  return refuse(
    inTheWay(`${folder.path}/${SEALING_KEY_FILE} is damaged: put the file back from where you keep a copy`),
  );
}

function openSigningKey(folder: DataFolder, mayMake: boolean): Result<KeyObject, StartRefusal> {
  const stored = folder.read(SIGNING_KEY);
  if (!stored.ok) return stored;
  if (stored.value === null && !mayMake) return refuse(missing(folder, SIGNING_KEY));
  const key = stored.value === null ? makeSigningKey(folder) : parseSigningKey(stored.value);
  if (key === null) {
    return refuse(inTheWay(`${folder.path}/${SIGNING_KEY} is damaged: put the file back from where you keep a copy`));
  }
  const publicKey = createPublicKey(key).export({ type: 'spki', format: 'pem' }).toString();
  const written = folder.read('signing-key.pub');
  if (!written.ok || written.value !== publicKey) folder.write('signing-key.pub', publicKey);
  return ok(key);
}

function makeSigningKey(folder: DataFolder): KeyObject {
  const { privateKey } = generateKeyPairSync('ed25519');
  folder.write(SIGNING_KEY, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return privateKey;
}

function parseSigningKey(pem: string): KeyObject | null {
  try {
    const key = createPrivateKey(pem);
    return key.asymmetricKeyType === 'ed25519' ? key : null;
  } catch {
    // Not a PEM text, or of no kind that we use: the caller says which file is damaged.
    return null;
  }
}

function missing(folder: DataFolder, name: string): StartRefusal {
  return inTheWay(
    `${folder.path}/${name} is missing while ${folder.databaseFile} exists: put the file back from where you keep a copy`,
  );
}
