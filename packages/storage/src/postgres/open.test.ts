import { createServer, type Server } from 'node:net';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { newInstallation } from '../contract-tests/installation.ts';
import { codeOf, postgresFault } from './faults.ts';
import { openPostgres } from './open.ts';

const { deps } = newInstallation();
const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** A server that is none of PostgreSQL; answers its port. */
async function listening(onConnection: 'close' | 'silence'): Promise<number> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    if (onConnection === 'close') socket.destroy();
  });
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return address.port;
}

test('a server that is not there, hangs up or says nothing is refused within seconds, with what to do', async () => {
  const closed = await listening('close');
  const silent = await listening('silence');
  const gone = await listening('close');
  servers.pop()?.close();
  for (const port of [closed, gone, silent]) {
    const opening = openPostgres(deps, { url: `postgres://ann:hunter2@127.0.0.1:${port}/claviger` });
    await expect(opening).rejects.toMatchObject({
      name: 'StartRefusal',
      message: expect.stringMatching(
        /^PostgreSQL cannot be used \([^\n]+\): check that the server of DATABASE_URL runs/,
      ),
    });
    await expect(opening).rejects.not.toThrow(/hunter2/);
  }
});

test('a DATABASE_URL that is none is refused without showing its password', async () => {
  for (const url of ['mysql://ann:hunter2@db/x', 'postgres://ann:hunter2@[half/x', 'hunter2', '']) {
    await expect(openPostgres(deps, { url })).rejects.toMatchObject({
      name: 'StartRefusal',
      message: expect.not.stringMatching(/hunter2/),
    });
  }
});

test('what PostgreSQL says when it is away, full, locked or read-only is the fault unavailable; mistakes of ours are none (Q3)', () => {
  const coded = (code: string) => Object.assign(new Error('from the server'), { code });
  for (const code of [
    '08006',
    '25006',
    '25P03',
    '40P01',
    '53100',
    '53300',
    '55P03',
    '57P01',
    '58030',
    'ECONNREFUSED',
    'EPIPE',
  ]) {
    expect([code, postgresFault(coded(code))?.kind]).toEqual([code, 'unavailable']);
  }
  for (const code of ['23505', '42P01', '22021', 'ERR_ASSERTION']) expect(postgresFault(coded(code))).toBeNull();
  for (const message of [
    'Connection terminated unexpectedly',
    'timeout exceeded when trying to connect',
    'Query read timeout',
    'Client has encountered a connection error and is not queryable',
  ]) {
    expect(postgresFault(new Error(message))?.kind).toBe('unavailable');
  }
  expect(postgresFault(new Error('a mistake of ours'))).toBeNull();
  expect(postgresFault('no error')).toBeNull();
  expect(codeOf(new AggregateError([coded('ECONNREFUSED'), coded('ETIMEDOUT')]))).toBe('ECONNREFUSED');
});
