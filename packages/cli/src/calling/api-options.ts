import { readFileSync } from 'node:fs';
import { type Client, createClient } from '@claviger/client';
import { ok, refuse, type Result, Secret } from '@claviger/core';
import { parsePublicUrl } from '@claviger/server';
import type { Command } from 'commander';
import type { Io } from '../io.ts';

const DEFAULT_SERVER = 'http://127.0.0.1:4400';
const KEY_SETTING = 'CLAVIGER_KEY';

/** Where the API is, and which key calls it. */
export type ApiOptions = { readonly server: string; readonly keyFile?: string };

/** Adds the options of every command that calls the API. The key itself is never one: arguments are seen by others. */
export function withApiOptions(command: Command): Command {
  return command
    .option('--server <url>', 'the address of the server: https, or plain http on this machine', DEFAULT_SERVER)
    .option('--key-file <path>', `a file that holds the key to call with (default: the environment's ${KEY_SETTING})`);
}

/** A client of the API for these options; the refusal is what to tell whoever typed them. */
export function connect({ environment }: Pick<Io, 'environment'>, options: ApiOptions): Result<Client, string> {
  const server = parsePublicUrl(options.server);
  if (server === null) {
    return refuse('--server must be https://… without a path, or http://… on this machine: plain HTTP would show keys');
  }
  const key = keyToCallWith(environment, options.keyFile);
  return key.ok ? ok(createClient({ baseUrl: server.origin, credential: { key: key.value.reveal() } })) : key;
}

function keyToCallWith(environment: Io['environment'], file: string | undefined): Result<Secret, string> {
  const text = file === undefined ? environment[KEY_SETTING] : contentOf(file);
  if (text === null) return refuse('--key-file names a file that cannot be read');
  const key = text?.trim() ?? '';
  if (key !== '') return ok(new Secret(key));
  return refuse(
    file === undefined
      ? `no key to call with: set ${KEY_SETTING}, or name a --key-file`
      : '--key-file names an empty file',
  );
}

function contentOf(file: string): string | null {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
