import { setTimeout as pause } from 'node:timers/promises';
import type { KeyWithSecretObject, UserObject } from '@claviger/contract';
import { OWNER_EMAIL, OWNER_PASSWORD, type Owner, secretOf, setUp } from '../support/api-client.ts';
import { type Claviger, startClaviger } from '../support/claviger-process.ts';
import type { Database } from '../support/engines.ts';
import { makeFalseClock, passTime } from '../support/false-clock.ts';
import { connectRaw, exchange, type RawAnswer, type RawConnection } from '../support/raw-connection.ts';
import { openVerifyConnection, questionBytes, type VerifyConnection } from '../support/verify-client.ts';
import {
  expectEvent,
  type HeldKey,
  isDead,
  type Kind,
  type Model,
  personOf,
  type Person,
  type Right,
} from './facts.ts';
import { dayMs } from './time.ts';

/** An answer of the API, parsed. */
export type Answer = { readonly status: number; readonly body: Readonly<Record<string, unknown>> };

/** With what somebody asks. */
export type Credential =
  | { readonly kind: 'key'; readonly person: Person; readonly key: HeldKey; readonly text: string }
  | { readonly kind: 'session'; readonly person: Person; readonly cookie: string };

/** A call as it is put on the wire; without a credential it comes from nobody. */
type Request = {
  readonly credential: Credential | null;
  readonly method: string;
  readonly path: string;
  readonly body?: unknown;
};

/** A session as far as the walk has to know: when it was made and last used. */
type HeldSession = {
  readonly cookie: string;
  readonly startedAt: number;
  readonly timesDisabled: number;
  usedAt: number;
  provenAt: number;
};

/** The running server with its clock, and everything to talk to it. */
export type World = {
  readonly model: Model;
  ask(request: Request): Promise<RawAnswer>;
  call(credential: Credential, method: string, path: string, body?: unknown): Promise<Answer>;
  /** What the data plane says about a text. */
  verify(text: string, wanted: Right | null): Promise<string>;
  /** A session of a person, proven at most 15 minutes ago (U8). */
  sessionOf(person: Person): Promise<Credential>;
  /** Lets time pass. */
  pass(ms: number): Promise<void>;
  /** Restarts the server with a clock that is so much behind; decision time stands where it stood (E9). */
  restartBehind(ms: number): Promise<void>;
  claviger(): Claviger;
  /** The last that the server said. */
  log(): string;
  delete(): Promise<void>;
};

const START = Date.UTC(2028, 1, 27, 22, 30, 0, 250);
const MINUTE_MS = 60_000;
const ANSWERS_WITHIN_MS = 20_000;

/** Starts a server on a clock that stands still two days before a 29 February, and sets it up. */
export async function openWorld(database: Database): Promise<World> {
  const clock = makeFalseClock(START);
  const settings = { ...database.options.settings, ...clock.settings };
  const claviger = await startClaviger({ settings });
  const owner = await setUp(claviger.control);
  const model = modelOf(owner);
  const sessions = new Map([[owner.userId, sessionAt(START, `claviger=${owner.sessionToken}`, 0)]]);
  let lines = await openLines(claviger);
  const ask = (request: Request): Promise<RawAnswer> => askOver(lines.control, claviger, request);
  const world: World = {
    model,
    ask,
    call: async (credential, method, path, body) => {
      const answer = await ask({ credential, method, path, body });
      return { status: answer.status, body: answer.body === '' ? {} : (JSON.parse(answer.body) as Answer['body']) };
    },
    verify: async (text, wanted) => {
      const question = wanted === null ? { authenticate_only: true as const } : asQuestion(wanted);
      return (await lines.verify.ask(questionBytes(claviger, { key: text, ...question }))).code;
    },
    sessionOf: (person) => freshSession(world, sessions, person),
    pass: async (ms) => {
      model.now += ms;
      await passTime(clock, model.now, () => isCurrent(claviger));
      // Idle for so long, the server has closed them, or is about to.
      lines.close();
      lines = await openLines(claviger);
    },
    restartBehind: async (ms) => {
      lines.close();
      await claviger.stop();
      clock.set(model.now - ms);
      await claviger.restart();
      lines = await openLines(claviger);
    },
    claviger: () => claviger,
    log: () => claviger.log().slice(-2_000),
    delete: async () => {
      lines.close();
      await claviger.delete();
      clock.delete();
    },
  };
  return world;
}

/** Whether the verifier may be asked (D5); on a connection of its own: one that was idle for a month is closed. */
async function isCurrent({ ports }: Claviger): Promise<boolean> {
  const question = `GET /readyz HTTP/1.1\r\nHost: 127.0.0.1:${ports.data}\r\n\r\n`;
  return (await exchange(ports.data, question))?.status === 200;
}

type Lines = { readonly control: RawConnection; readonly verify: VerifyConnection; close(): void };

async function openLines(claviger: Claviger): Promise<Lines> {
  const control = await connectRaw(claviger.ports.control);
  const verify = await openVerifyConnection(claviger);
  return {
    control,
    verify,
    close: () => {
      control.close();
      verify.close();
    },
  };
}

async function askOver(line: RawConnection, claviger: Claviger, request: Request): Promise<RawAnswer> {
  const { credential, method, path, body } = request;
  const json = body === undefined ? '' : JSON.stringify(body);
  const headers = [
    `Host: 127.0.0.1:${claviger.ports.control}`,
    ...credentialHeaders(credential, claviger),
    ...(body === undefined ? [] : ['Content-Type: application/json']),
    `Content-Length: ${Buffer.byteLength(json)}`,
  ];
  line.send(`${method} ${path} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n${json}`);
  const answer = await Promise.race([line.answer(), pause(ANSWERS_WITHIN_MS, 'none' as const, { ref: false })]);
  if (answer === 'none') throw new Error(`${method} ${path}: no answer\n${claviger.log()}`);
  if (answer === null) throw new Error(`${method} ${path}: the server closed the connection\n${claviger.log()}`);
  return answer;
}

function credentialHeaders(credential: Credential | null, claviger: Claviger): readonly string[] {
  if (credential === null) return [`Origin: ${claviger.control}`];
  if (credential.kind === 'key') return [`Authorization: Bearer ${credential.text}`];
  return [`Cookie: ${credential.cookie}`, `Origin: ${claviger.control}`];
}

function asQuestion({ operation, database }: Right): { readonly operation: string; readonly resource: string } {
  return { operation, resource: `database:${database}` };
}

/** Signs in again when the session is over or may be, and shows the password again when the last time was too long ago. */
async function freshSession(world: World, sessions: Map<string, HeldSession>, person: Person): Promise<Credential> {
  const { model } = world;
  const held = sessions.get(person.id);
  const isOver =
    held === undefined ||
    held.timesDisabled !== person.timesDisabled ||
    model.now - held.usedAt > 100 * MINUTE_MS ||
    model.now - held.startedAt >= dayMs(1);
  const session = isOver ? await signIn(world, person) : held;
  sessions.set(person.id, session);
  session.usedAt = model.now;
  const credential = { kind: 'session', person, cookie: session.cookie } as const;
  if (model.now - session.provenAt > 15 * MINUTE_MS) {
    const proven = await world.call(credential, 'POST', '/v1/sessions/reauthenticate', { password: OWNER_PASSWORD });
    if (proven.status !== 200) throw new Error(`the proof was answered ${proven.status}: ${JSON.stringify(proven)}`);
    session.provenAt = model.now;
    expectEvent(model, 'session.proven');
  }
  return credential;
}

async function signIn(world: World, person: Person): Promise<HeldSession> {
  const { model } = world;
  const body = { email: person.email, password: OWNER_PASSWORD };
  const answer = await world.ask({ credential: null, method: 'POST', path: '/v1/sessions', body });
  if (answer.status !== 201) throw new Error(`sign-in was answered ${answer.status}: ${answer.body}`);
  const [cookie = ''] = (answer.headers.get('set-cookie') ?? '').split(';');
  expectEvent(model, 'session.created');
  return sessionAt(model.now, cookie, person.timesDisabled);
}

function sessionAt(at: number, cookie: string, timesDisabled: number): HeldSession {
  return { cookie, startedAt: at, timesDisabled, usedAt: at, provenAt: at };
}

function modelOf(owner: Owner): Model {
  const model: Model = {
    now: START,
    reminderDays: 30,
    lifespans: { master: null, write_only: null },
    usersMayOnlyShorten: false,
    people: new Map(),
    keys: new Map(),
    policies: new Map(),
    events: new Map(),
  };
  addPerson(model, { id: owner.userId, type: 'owner', email: OWNER_EMAIL, isService: false });
  for (const key of [owner.master, owner.writeOnly]) addKey(model, key, { userId: owner.userId, keyId: null });
  for (const name of ['account.created', 'user.created', 'session.created']) expectEvent(model, name);
  expectEvent(model, 'key.created', 2);
  return model;
}

/** Takes a new user into the model. */
function addPerson(
  model: Model,
  { id, type, email, isService }: Pick<Person, 'id' | 'type' | 'email' | 'isService'>,
): Person {
  const person = {
    id,
    type,
    email,
    isService,
    isDisabled: false,
    timesDisabled: 0,
    contacts: new Set<string>(),
    policies: new Set<string>(),
    own: {},
  };
  model.people.set(id, person);
  return person;
}

/** Takes a user of an answer into the model. */
export function addAnsweredPerson(model: Model, user: UserObject): Person {
  return addPerson(model, {
    id: user.id,
    type: user.user_type,
    email: user.email,
    isService: user.service_account,
  });
}

/** Takes a key of an answer into the model, with the secret that is shown once. */
export function addKey(
  model: Model,
  shown: KeyWithSecretObject,
  maker: { userId: string; keyId: string | null },
): HeldKey {
  const kind: Kind = shown.kind;
  const lifespan =
    shown.expires_at === null
      ? null
      : Math.round((Date.parse(shown.expires_at) - Date.parse(shown.created_at)) / dayMs(1));
  const key: HeldKey = {
    id: shown.id,
    kind,
    ownerId: shown.owner_id,
    name: shown.name,
    createdAt: Date.parse(shown.created_at),
    createdBy: shown.created_by,
    createdByKeyId: shown.created_by_key_id,
    lifespan,
    expiresAt: shown.expires_at === null ? null : Date.parse(shown.expires_at),
    disabled: 'no',
    forced: null,
    isDeleted: false,
    permissions: null,
    shownPermissions: null,
    secrets: [{ text: secretOf(shown), endsAt: null, isCurrent: true }],
    rotation: null,
    makers: [maker],
  };
  model.keys.set(key.id, key);
  return key;
}

/** The credentials with which a person can ask right now: not narrowed, living master keys of theirs. */
export function usableKeysOf(model: Model, person: Person): readonly HeldKey[] {
  if (person.isDisabled) return [];
  return [...model.keys.values()].filter(
    (key) =>
      key.ownerId === personOf(model, person.id).id &&
      key.kind === 'master' &&
      !key.isDeleted &&
      !isDead(model, key) &&
      key.disabled === 'no' &&
      key.permissions === null,
  );
}
