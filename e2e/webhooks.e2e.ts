import { createHmac } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { KeyObject, WebhookMessage, WebhookObject, WebhookWithSecretObject } from '@claviger/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Owner, setUp } from './support/api-client.ts';
import { type Claviger, startClaviger } from './support/claviger-process.ts';
import { type Database, ENGINES } from './support/engines.ts';
import { until } from './support/until.ts';

/** Each kill costs the wait for the lease of whoever was killed. */
const KILLS = process.env['RELIABILITY'] === 'full' ? 20 : 2;
const KEYS_BEFORE_A_KILL = 10;
/** Milliseconds. A lease and what a start takes. */
const AFTER_A_KILL_MS = 60_000;

type Arrived = { readonly id: string; readonly version: number; readonly isSigned: boolean; readonly type: string };

describe.each(ENGINES)('webhooks on $engine', ({ engine, openDatabase }) => {
  let database: Database;
  let claviger: Claviger;
  let owner: Owner;
  let receiver: Server;
  let secret = '';
  const arrived: Arrived[] = [];
  /** Called when a message has arrived, before it is answered; true leaves it unanswered. */
  let onArrival = (): boolean => false;

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        arrived.push(readMessage(request.headers, Buffer.concat(chunks).toString()));
        if (!onArrival()) response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => {
      receiver.listen(0, '127.0.0.1', resolve);
    });
    database = await openDatabase();
    const settings = { ...database.options.settings, CLAVIGER_OUTBOUND_ALLOW: '127.0.0.1' };
    claviger = await startClaviger({ settings });
    owner = await setUp(claviger.control);
  });
  afterAll(async () => {
    await claviger?.delete();
    await database?.delete();
    receiver.closeAllConnections();
    receiver.close();
  });

  function readMessage(headers: Readonly<Record<string, unknown>>, body: string): Arrived {
    const id = String(headers['webhook-id']);
    const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
    const signed = createHmac('sha256', key).update(`${id}.${String(headers['webhook-timestamp'])}.${body}`);
    const message = JSON.parse(body) as WebhookMessage;
    const version = Number(message.data.event.version.split('.')[1]);
    const isSigned = headers['webhook-signature'] === `v1,${signed.digest('base64')}`;
    return { id, version, isSigned, type: message.type };
  }

  test(
    'a kill between sending and noting loses no event and turns none around; what comes again has its id (R8)',
    async () => {
      const { port } = receiver.address() as AddressInfo;
      const body = { url: `http://127.0.0.1:${port}/`, description: 'system test' };
      const webhook = await owner.session.must<WebhookWithSecretObject>('POST', '/v1/webhooks', { body });
      secret = webhook.secret ?? '';
      const made: string[] = [];
      const waits: number[] = [];
      for (let kill = 0; kill <= KILLS; kill += 1) {
        if (kill > 0) await killAtArrival(made);
        const startedAt = performance.now();
        await makeKeys(made);
        await until('every event has arrived', () => arrivedOnce().length === made.length, {
          withinMs: AFTER_A_KILL_MS,
        });
        waits.push(Math.round(performance.now() - startedAt));
      }
      const again = arrived.length - arrivedOnce().length;
      console.log(
        `${engine}: ${made.length} events, ${KILLS} kills, ${again} came again, waits ${waits.join(', ')} ms`,
      );
      const versions = arrivedOnce().map(({ version }) => version);
      expect(versions).toEqual(versions.toSorted((a, b) => a - b));
      expect(arrived.filter(({ isSigned, type }) => !isSigned || type !== 'key.created')).toEqual([]);
      expect(again).toBe(KILLS);
      await until('the last one is noted', async () => {
        const shown = await owner.session.must<WebhookObject>('GET', `/v1/webhooks/${webhook.id}`);
        return shown.pending_since === null && shown.last_success_at !== null;
      });
    },
    (KILLS + 1) * 2 * AFTER_A_KILL_MS,
  );

  /** Kills the server when the next message arrives, and starts it again. */
  async function killAtArrival(made: string[]): Promise<void> {
    const killed = new Promise<void>((resolve, reject) => {
      onArrival = () => {
        onArrival = () => false;
        claviger.kill().then(resolve, reject);
        return true;
      };
    });
    await makeKey(made);
    await killed;
    await claviger.restart();
  }

  async function makeKeys(made: string[]): Promise<void> {
    for (let key = 0; key < KEYS_BEFORE_A_KILL; key += 1) await makeKey(made);
  }

  async function makeKey(made: string[]): Promise<void> {
    const body = { kind: 'write_only', name: `key ${made.length}` };
    made.push((await owner.api.must<KeyObject>('POST', '/v1/keys', { body })).id);
  }

  function arrivedOnce(): readonly Arrived[] {
    return arrived.filter(({ id }, index) => arrived.findIndex((other) => other.id === id) === index);
  }
});
