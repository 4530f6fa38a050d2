import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { platform } from 'node:os';
import { join, resolve } from 'node:path';
import { ok, refuse, type Result } from '@claviger/core';
import { inTheWay, type StartRefusal, wrongSetting } from '../start-refusal.ts';
import { writeAtomically } from './write-atomically.ts';

/** The folder with everything an installation must not lose, and nobody else may read. */
export type DataFolder = {
  readonly path: string;
  readonly databaseFile: string;
  readonly lockFile: string;
  readonly endedLogFile: string;
  /** Signed heads; copies belong outside this host (A4). */
  readonly checkpointsFile: string;
  readonly verifierKeyFile: string;
  readonly setupLinkFile: string;
  /** Where a running server hears the operator's commands. */
  readonly operatorSocketFile: string;
  readonly signingPublicKeyFile: string;
  /** Where mails are written when there is no mail server. */
  readonly outboxFolder: string;
  /** The content of a file of this folder, or null when there is none; a file that others may read is refused. */
  read(name: string): Result<string | null, StartRefusal>;
  write(name: string, content: string): void;
  delete(name: string): void;
};

/** The name of the socket over which a running server hears the operator's commands. */
export const OPERATOR_SOCKET = 'operator.sock';
/** Everything beyond the owner's own permissions. */
const OTHERS = 0o077;

/** Opens the data folder, making it (0700) when it is absent; refuses one that anybody else may read. */
export function openDataFolder(dataDir: string): Result<DataFolder, StartRefusal> {
  const path = resolve(dataDir);
  try {
    if (!existsSync(path)) makeFolder(path);
    const state = lstatSync(path);
    if (!state.isDirectory()) return refuse(wrongSetting(`${path} is no folder: set CLAVIGER_DATA_DIR to a folder`));
    if (isOpenToOthers(state.mode)) {
      return refuse(inTheWay(`the data folder ${path} may be read by other users: run chmod 700 ${path}`));
    }
  } catch (fault) {
    return refuse(inTheWay(`the data folder ${path} cannot be opened (${codeOf(fault)}): check who owns it`));
  }
  return ok(folderAt(path));
}

function folderAt(path: string): DataFolder {
  return {
    path,
    databaseFile: join(path, 'claviger.db'),
    lockFile: join(path, 'lock.db'),
    endedLogFile: join(path, 'ended.log'),
    checkpointsFile: join(path, 'checkpoints.jsonl'),
    verifierKeyFile: join(path, 'verifier.key'),
    setupLinkFile: join(path, 'setup-link'),
    operatorSocketFile: join(path, OPERATOR_SOCKET),
    signingPublicKeyFile: join(path, 'signing-key.pub'),
    outboxFolder: join(path, 'outbox'),
    read: (name) => readPrivate(join(path, name)),
    write: (name, content) => writeAtomically(join(path, name), content),
    delete: (name) => rmSync(join(path, name), { force: true }),
  };
}

/** `mkdir` obeys the umask, which may take rights away but is not trusted to leave the right ones. */
function makeFolder(path: string): void {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  chmodSync(path, 0o700);
}

function readPrivate(path: string): Result<string | null, StartRefusal> {
  try {
    if (!existsSync(path)) return ok(null);
    if (isOpenToOthers(lstatSync(path).mode)) {
      return refuse(inTheWay(`${path} may be read by other users: run chmod 600 ${path}, and replace what it held`));
    }
    return ok(readFileSync(path, 'utf8'));
  } catch (fault) {
    return refuse(inTheWay(`${path} cannot be read (${codeOf(fault)}): check who owns it`));
  }
}

function isOpenToOthers(mode: number): boolean {
  // Windows keeps its permissions elsewhere and reports a mode that says nothing.
  return (mode & OTHERS) !== 0 && platform() !== 'win32';
}

function codeOf(fault: unknown): string {
  return fault instanceof Error && 'code' in fault ? String(fault.code) : String(fault);
}
