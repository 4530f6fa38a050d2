import assert from 'node:assert/strict';
import {
  type AccountId,
  type Actor,
  type Instant,
  instant,
  type KeyId,
  newPolicyId,
  newUserId,
  ok,
  type Origin,
  type Permission,
  type PolicyId,
  plusMs,
  type Result,
  Secret,
  type UserId,
  type UserType,
} from '@claviger/core';
import type { Account, Change, ChangeContext, Committed, Key, Store, User } from '@claviger/storage';
import type { Refusal } from '../../refusal.ts';
import { type CreateKeyInput, createKey } from '../create-key.ts';
import type { AnonymousContext, Caller, CommandContext, CommandDeps } from '../deps.ts';
import { newAccount } from '../new-account.ts';
import { drawSession } from '../new-session.ts';
import type { KeyWithSecret } from '../shown-key.ts';
import type { Installation, StoredEvent } from './installation.ts';

/** The people of every scene: an Owner, two administrators, two restricted users. */
export const PEOPLE = {
  olga: 'owner',
  adam: 'administrator',
  ada: 'administrator',
  rita: 'restricted',
  rob: 'restricted',
} as const satisfies Record<string, UserType>;
export type Name = keyof typeof PEOPLE;

/** What a person's password is: their name, twelve times. */
export const passwordOf = (name: string): Secret => new Secret(name.repeat(12));

/** What a change gave, and exactly which events it wrote. */
export type Done<T> = { readonly value: T; readonly events: readonly StoredEvent[]; readonly names: readonly string[] };

/** A key as somebody holds it who can present it. */
export type HeldKey = { readonly key: Pick<Key, 'id' | 'ownerId' | 'permissions'>; readonly secret: Secret };

/** When every scene begins. */
export const START = instant(1_795_435_200_000);

/** What a key is created with unless a test says otherwise: a master key for the caller, not narrowed. */
export const PLAIN_KEY: CreateKeyInput = {
  kind: 'master',
  name: 'Nightly export',
  ownerId: null,
  lifespan: undefined,
  permissions: null,
  allowedIps: [],
  allowedOrigins: [],
  rateLimit: null,
  metadata: {},
};

/** Makes a fresh account in an installation, so that tests of one file do not meet. */
export async function openScene(
  installation: Installation,
  overrides: Partial<CommandDeps> = {},
  settings: Partial<Account> = {},
): Promise<Scene> {
  const account = { ...accountOf(installation), ...settings };
  const deps = { ...installation.deps, ...overrides };
  const scene = new Scene(installation, { deps, account });
  await scene.populate();
  return scene;
}

/** An account with its people and a clock that stands still until told to move. */
export class Scene {
  readonly deps: CommandDeps;
  readonly store: Store;
  readonly account: Account;
  #now: Instant = START;
  /** The last version whose events were looked at. */
  #mark = 0;
  readonly #installation: Installation;
  readonly #people = new Map<string, User>();
  readonly #sessions = new Map<string, CommandContext>();

  constructor(
    installation: Installation,
    { deps, account }: { readonly deps: CommandDeps; readonly account: Account },
  ) {
    this.#installation = installation;
    this.store = installation.store;
    this.deps = deps;
    this.account = account;
  }

  async populate(): Promise<void> {
    await this.arrange((change) => change.accounts.create(this.account), null);
    for (const [name, userType] of Object.entries(PEOPLE)) {
      const user = userOf(this.#installation, this.account.id, { name, userType });
      this.#people.set(name, user);
      const hash = await this.deps.passwords.hash(passwordOf(name));
      await this.arrange((change) => change.users.create(user, hash));
    }
  }

  get now(): Instant {
    return this.#now;
  }

  /** Lets time pass. */
  pass(ms: number): void {
    this.#now = plusMs(this.#now, ms);
  }

  /** Changes the store directly, as the operator, and forgets the events. */
  async arrange<T>(work: (change: Change) => Promise<T>, accountId: AccountId | null = this.account.id): Promise<T> {
    const context = { ...changeAt(this.#now, OPERATOR), accountId };
    const outcome = await this.store.change<T, never>(context, async (change) => ok(await work(change)));
    assert.ok(outcome.ok);
    this.#mark = (await this.store.head()).n;
    return outcome.value.value;
  }

  /** The caller's session, just proven: a new one when the clock has moved. What is returned stays as it was then. */
  async as(name: Name): Promise<CommandContext> {
    const known = this.#sessions.get(name);
    if (known !== undefined && known.change.now === this.#now) return known;
    const user = await this.person(name);
    const { session } = drawSession(this.deps, user, { now: this.#now, origin: OPERATOR });
    await this.arrange((change) => change.sessions.create(session));
    const credential = { kind: 'session', sessionId: session.id, provenAt: session.provenAt } as const;
    const actor: Actor = { kind: 'user', userId: user.id, sessionId: session.id, keyId: null };
    const context = this.#contextOf(user, credential, actor);
    this.#sessions.set(name, context);
    return context;
  }

  /** A caller with a key, as its verifier would know it now. */
  async asKey({ key, secret }: HeldKey): Promise<CommandContext> {
    const user = await this.find(key.ownerId);
    const isNarrowed = key.permissions !== null;
    const credential = { kind: 'key', keyId: key.id, isNarrowed, digest: this.deps.digestOf(secret) } as const;
    const actor: Actor = { kind: 'user', userId: user.id, sessionId: null, keyId: key.id };
    return this.#contextOf(user, credential, actor);
  }

  anonymous(): AnonymousContext {
    return { change: changeAt(this.#now, { ...OPERATOR, actor: { kind: 'unknown' } }) };
  }

  /** A change that must be allowed. */
  async done<T>(outcome: Promise<Result<Committed<T>, Refusal>>): Promise<Done<T>> {
    const settled = await outcome;
    assert.ok(settled.ok, `refused: ${JSON.stringify(settled)}`);
    const events = this.eventsSince();
    assert.equal(settled.value.version?.n ?? null, events.at(-1)?.version ?? null);
    return { value: settled.value.value, events, names: events.map((event) => event.event_name) };
  }

  /** A call that must be refused, and must leave nothing behind (A1). */
  async refused(outcome: Promise<Result<unknown, Refusal>>): Promise<Refusal> {
    const settled = await outcome;
    assert.ok(!settled.ok, 'it was allowed');
    assert.deepEqual(this.eventsSince(), []);
    return settled.refusal;
  }

  /** A question that must be answered, without changing anything. */
  async answered<T>(outcome: Promise<Result<T, Refusal>>): Promise<T> {
    const settled = await outcome;
    assert.ok(settled.ok, `refused: ${JSON.stringify(settled)}`);
    assert.deepEqual(this.eventsSince(), []);
    return settled.value;
  }

  /** The events of this account, and those of no account, since the last look. */
  eventsSince(): readonly StoredEvent[] {
    const events = this.#installation.eventsAfter(this.#mark);
    this.#mark = events.at(-1)?.version ?? this.#mark;
    return events.filter((event) => event.account_id === this.account.id || event.account_id === '');
  }

  /** The mails that this account has queued so far, each with its recipient, template and facts. */
  mails(): readonly { readonly recipient: string; readonly template: string; readonly facts: unknown }[] {
    return this.#installation
      .mails()
      .filter((mail) => mail.account_id === this.account.id)
      .map(({ recipient, template, facts }) => ({ recipient, template, facts: JSON.parse(facts) as unknown }));
  }

  /** Somebody as the store knows them now. */
  person(name: Name): Promise<User> {
    return this.find(this.#known(name).id);
  }

  async find(id: UserId): Promise<User> {
    const user = await this.store.read((reader) => reader.users.find(this.account.id, id));
    assert.ok(user !== null);
    return user;
  }

  /** A key as the store knows it now, or null. */
  key(id: KeyId): Promise<Key | null> {
    return this.store.read((reader) => reader.keys.find(this.account.id, id));
  }

  /** Creates a key by a session of somebody's. */
  async give(name: Name, input: Partial<CreateKeyInput> = {}): Promise<KeyWithSecret> {
    return (await this.done(createKey(this.deps, await this.as(name), { ...PLAIN_KEY, ...input }))).value;
  }

  /** Makes a policy, attached to the named people. */
  async policy(permissions: readonly Permission[], ...names: readonly Name[]): Promise<PolicyId> {
    const id = newPolicyId(this.deps.randomBytes);
    const policy = { id, accountId: this.account.id, name: 'Policy', description: null, permissions, createdAt: START };
    await this.arrange(async (change) => {
      await change.policies.create(policy);
      for (const name of names) await change.policies.attach(policy, this.#known(name));
    });
    return id;
  }

  #known(name: Name): User {
    const user = this.#people.get(name);
    assert.ok(user !== undefined);
    return user;
  }

  #contextOf(user: User, credential: Caller['credential'], actor: Actor): CommandContext {
    const change = changeAt(this.#now, { ...OPERATOR, actor });
    return { caller: { accountId: this.account.id, user, credential }, change };
  }
}

/** A permission on databases, short. */
export function onDatabase(operation: string, ...ids: readonly string[]): Permission {
  return { resourceType: 'database', operation, ids };
}

const OPERATOR: Origin = {
  actor: { kind: 'operator' },
  ipAddress: '203.0.113.7',
  userAgent: 'tests',
  httpMethod: 'POST',
  path: '/v1/test',
  requestId: 'req_1',
};

function changeAt(now: Instant, origin: Origin): Omit<ChangeContext, 'accountId'> {
  return { origin, now, storable: now, replay: null };
}

function accountOf({ deps }: Installation): Account {
  return newAccount(deps, { name: 'Acme', createdAt: START });
}

function userOf(
  { deps }: Installation,
  accountId: AccountId,
  { name, userType }: { readonly name: string; readonly userType: UserType },
): User {
  const id = newUserId(deps.randomBytes);
  return {
    id,
    accountId,
    name,
    email: `${name}.${id.slice(4, 12)}@example.com`,
    userType,
    isServiceAccount: false,
    contacts: [],
    createdAt: START,
    disabledAt: null,
    expiration: {},
    policyIds: [],
    endsReportedKeys: false,
    ipAllowlist: null,
  };
}
