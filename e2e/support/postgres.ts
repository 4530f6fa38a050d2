import { chownSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from './free-ports.ts';
import { outputOf, type Program, startProgram } from './program.ts';
import { makeTemporaryFolder } from './temporary-folder.ts';
import { until } from './until.ts';

/** A PostgreSQL of the tests' own: a new cluster on a free port, with Debian's programs. */
export type Postgres = {
  /** Makes an empty database and answers with its URL. */
  newDatabase(): Promise<string>;
  /** Reads rows as the superuser, past the program under test. */
  query(url: string, select: string): Promise<readonly Row[]>;
  /** Changes rows as the superuser, past the program under test. */
  execute(url: string, sql: string): Promise<void>;
  /** Makes an empty schema in the database of `url`: as good as a database of its own, and made at once. */
  newSchema(url: string): Promise<string>;
  /** Ends the server as a power cut of its machine would, as far as a signal can. */
  crash(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it in good order; `restart` starts it again. */
  stop(): Promise<void>;
  /** Ends it for good and deletes its data. */
  delete(): Promise<void>;
};

/** A row of a query, column by column. */
export type Row = Readonly<Record<string, unknown>>;

const DEBIAN_PROGRAMS = '/usr/lib/postgresql';
/** PostgreSQL refuses to run as root. */
const USER = process.getuid?.() === 0 ? { user: 'postgres' } : {};

type Cluster = {
  readonly data: string;
  readonly sockets: string;
  readonly port: number;
  readonly isDurable: boolean;
};

/**
 * Makes a cluster and starts it. Commits are synced to disk, as they are in production, unless a test that is not about
 * that says otherwise: it is a good deal faster then.
 */
export async function startPostgres({ isDurable = true } = {}): Promise<Postgres> {
  const folder = makeTemporaryFolder('postgres');
  await giveToPostgres(folder.path);
  const cluster = { data: join(folder.path, 'data'), sockets: folder.path, port: await freePort(), isDurable };
  const initialize = ['-D', cluster.data, '--auth=trust', '-U', 'postgres', '-E', 'UTF8', '--locale=C', '-N'];
  await outputOf({ name: 'initdb', command: programPath('initdb'), args: initialize, cwd: folder.path, ...USER });
  let server = await startServer(cluster);
  const administration = `postgres://postgres@127.0.0.1:${cluster.port}/postgres`;
  let made = 0;
  const newName = (): string => {
    made += 1;
    return `claviger_${made}`;
  };
  return {
    newDatabase: async () => {
      const name = newName();
      await psql(administration, `create database ${name}`);
      return administration.replace(/postgres$/, name);
    },
    newSchema: async (url) => {
      const name = newName();
      await psql(url, `create schema ${name}`);
      return `${url}?options=-c%20search_path%3D${name}`;
    },
    query: async (url, select) => {
      const text = await psql(url, `select row_to_json(t) from (${select}) t`);
      const lines = text.split('\n').filter((line) => line.startsWith('{'));
      return lines.map((line) => JSON.parse(line) as Row);
    },
    execute: async (url, sql) => void (await psql(url, sql)),
    crash: async () => {
      server.signal('SIGKILL');
      await server.ended;
    },
    restart: async () => {
      server = await startServer(cluster);
    },
    stop: async () => void (await server.stop()),
    delete: async () => {
      await server.stop();
      folder.delete();
    },
  };
}

/** Runs one statement with `psql`. */
async function psql(url: string, sql: string): Promise<string> {
  const args = ['-X', '-q', '-A', '-t', '-v', 'ON_ERROR_STOP=1', '-d', url, '-c', sql];
  return outputOf({ name: 'psql', command: programPath('psql'), args });
}

/** SIGINT is PostgreSQL's fast shutdown. */
async function startServer(cluster: Cluster): Promise<Program> {
  const settings = [
    ['listen_addresses', '127.0.0.1'],
    ['port', String(cluster.port)],
    ['unix_socket_directories', cluster.sockets],
    ['max_connections', '200'],
    ['fsync', cluster.isDurable ? 'on' : 'off'],
  ];
  const args = ['-D', cluster.data, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])];
  const start = { name: 'postgres', command: programPath('postgres'), args, cwd: cluster.sockets, ...USER };
  const server = startProgram({ ...start, stopSignal: 'SIGINT' });
  const probe = ['-h', '127.0.0.1', '-p', String(cluster.port), '-U', 'postgres', '-t', '1'];
  await until('PostgreSQL takes connections', async () => {
    if (!server.isRunning()) throw new Error(`PostgreSQL did not start:\n${server.errors()}`);
    const ready = startProgram({ name: 'pg_isready', command: programPath('pg_isready'), args: probe });
    return (await ready.ended).code === 0;
  });
  return server;
}

function programPath(name: string): string {
  const newest = readdirSync(DEBIAN_PROGRAMS).toSorted((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error('no PostgreSQL is installed: run scripts/install-test-tools');
  return join(DEBIAN_PROGRAMS, newest, 'bin', name);
}

async function giveToPostgres(path: string): Promise<void> {
  if (USER.user === undefined) return;
  const [uid, gid] = await Promise.all(
    ['-u', '-g'].map((flag) => outputOf({ name: 'id', command: 'id', args: [flag, USER.user] })),
  );
  chownSync(path, Number(uid), Number(gid));
}
