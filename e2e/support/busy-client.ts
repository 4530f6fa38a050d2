import { randomUUID } from 'node:crypto';
import type { Answer, Api } from './api-client.ts';
import type { Acknowledgement, Attempt, ClientHistory, RememberedKey } from './client-history.ts';
import { remember } from './client-history.ts';
import type { Random } from './random.ts';

/** A client that changes keys and policies one call after the other, and writes down what it was promised. */
export type BusyClient = {
  readonly history: ClientHistory;
  /** Works until the server is gone; throws when it is there and says no. */
  work(onAcknowledged: () => void): Promise<void>;
  /** Sends the call whose answer never came once more, under the same Idempotency-Key. */
  settle(): Promise<void>;
};

/** Makes a client of its own name on the control plane. */
export function createBusyClient(api: Api, history: ClientHistory, { name, random }: Work): BusyClient {
  let serial = 0;
  const newSerial = (): string => {
    serial += 1;
    return `${name}_${serial}`;
  };
  const send = async (attempt: Attempt): Promise<boolean> => {
    history.pending = attempt;
    const answer = await attemptOnce(api, attempt);
    if (answer === null) return false;
    remember(history, attempt, answer);
    return true;
  };
  return {
    history,
    work: async (onAcknowledged) => {
      while (await send(nextAttempt(history, random, newSerial()))) onAcknowledged();
    },
    settle: async () => {
      const { pending } = history;
      if (pending !== null && !(await send(pending))) throw new Error('the server went away again');
      // Whoever lost a secret rotates, as the API's documentation says.
      for (const key of living(history)) {
        if (key.secret === null) await send(rotation(key));
      }
    },
  };
}

/** Who works, and what decides what is done next. */
export type Work = { readonly name: string; readonly random: Random };

/** Sends an attempt; null when the server went away before it answered. */
async function attemptOnce(api: Api, attempt: Attempt): Promise<Acknowledgement | null> {
  const { method, path, body, idempotencyKey } = attempt;
  const headers: Record<string, string> = idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey };
  const options = body === null ? { headers } : { body, headers };
  const answer = await api.call<{ id?: string; secret?: string }>(method, path, options).catch(() => null);
  if (answer === null || isGone(answer)) return null;
  // A delete that was committed before the kill finds nothing the second time.
  const isDone = answer.status < 300 || (attempt.kind === 'delete' && answer.status === 404);
  if (!isDone) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.text}`);
  const version = answer.headers.get('claviger-version');
  const isReplay = answer.headers.get('idempotent-replayed') === 'true';
  if (isReplay && answer.body?.secret !== undefined) throw new Error('a replay showed a secret (K7)');
  return {
    id: answer.body?.id ?? null,
    secret: answer.body?.secret ?? null,
    version: version === null ? null : Number(version.split('.')[1]),
  };
}

/** The database's server was killed too: the program says so, and the call counts as unanswered. */
function isGone(answer: Answer<unknown>): boolean {
  return answer.status === 503;
}

function nextAttempt(history: ClientHistory, random: Random, serial: string): Attempt {
  const keys = living(history);
  const policies = [...history.policies.values()];
  const dice = random.below(100);
  if (keys.length < 3 || dice < 35) return creation(serial);
  if (dice < 60) return rotation(random.pick(keys));
  if (dice < 75) return forceExpiry(random.pick(keys));
  if (dice < 80) return deletion(random.pick([...history.keys.values()].filter((key) => !key.isDeleted)));
  if (policies.length === 0 || dice < 83) return policyAttempt('create-policy', serial, null);
  return policyAttempt('edit-policy', serial, random.pick(policies).id);
}

function living(history: ClientHistory): readonly RememberedKey[] {
  return [...history.keys.values()].filter((key) => !key.isForceExpired && !key.isDeleted);
}

function creation(serial: string): Attempt {
  return { ...post('/v1/keys', { kind: 'master', name: serial }), kind: 'create', subjectId: null };
}

function rotation(key: RememberedKey): Attempt {
  return { ...post(`/v1/keys/${key.id}/rotate`, { overlap_seconds: 0 }), kind: 'rotate', subjectId: key.id };
}

function forceExpiry(key: RememberedKey): Attempt {
  const end = post(`/v1/keys/${key.id}/force-expire`, { reason: 'compromised' });
  return { ...end, kind: 'force-expire', subjectId: key.id };
}

function deletion(key: RememberedKey): Attempt {
  const path = `/v1/keys/${key.id}`;
  return { kind: 'delete', method: 'DELETE', path, body: null, idempotencyKey: null, subjectId: key.id };
}

/** Every edit permits another database, so that no two states look the same. */
function policyAttempt(kind: 'create-policy' | 'edit-policy', serial: string, id: string | null): Attempt {
  const permissions = [{ resource_type: 'database', operation: 'query', ids: [serial] }];
  if (id === null) return { ...post('/v1/policies', { name: serial, permissions }), kind, subjectId: null };
  const path = `/v1/policies/${id}/permissions`;
  return { kind, method: 'PUT', path, body: { permissions }, idempotencyKey: null, subjectId: id };
}

function post(path: string, body: unknown): Pick<Attempt, 'method' | 'path' | 'body' | 'idempotencyKey'> {
  return { method: 'POST', path, body, idempotencyKey: randomUUID() };
}
