import {
  DAY_MS,
  drawIdCharacters,
  type Instant,
  instant,
  type KeyId,
  keyIdOf,
  lifespan,
  newUserId,
  ok,
  type Origin,
  plusMs,
  type UserId,
} from '@claviger/core';
import { type Account, type Change, type Key, sealedKey, type User } from '@claviger/storage';
import type { CommandDeps } from '../../commands/deps.ts';
import { newAccount } from '../../commands/new-account.ts';
import type { ReadableInstallation } from '../../commands/testing/installation.ts';
import { remindersJob } from '../reminders.ts';

/** What was intended, as its row has it. */
export type Intent = {
  readonly key_id: KeyId;
  readonly step_days: number;
  readonly recipient_id: UserId;
  readonly expires_at: number;
  readonly intended_at: number;
  readonly mail_id: string;
};

const OPERATOR: Origin = {
  actor: { kind: 'operator' },
  ipAddress: null,
  userAgent: null,
  httpMethod: null,
  path: null,
  requestId: null,
};

/** As much of an installation as a world needs. */
export type WorldOn = Pick<ReadableInstallation, 'rows'> & {
  readonly deps: Pick<CommandDeps, 'read' | 'change' | 'randomBytes' | 'seal'>;
};

/** Keys in one change while a world is filled. */
const KEYS_AT_ONCE = 500;

/** A key to make: how long it lives, and from when on. */
export type WantedKey = {
  readonly owner: User;
  readonly createdAt: Instant;
  readonly lifespanDays: number | null;
};

/** An account of its own in an installation, with an Owner, and a time that moves when it is told to. */
export async function openReminderWorld(
  installation: WorldOn,
  start: Instant,
  settings: Partial<Pick<Account, 'reminderDays' | 'reminderSteps'>> = {},
): Promise<ReminderWorld> {
  const account = { ...newAccount(installation.deps, { name: 'Northwind', createdAt: start }), ...settings };
  const world = new ReminderWorld(installation, account, start);
  await world.change((change) => change.accounts.create(account), null);
  await world.person({ userType: 'owner' });
  return world;
}

/** The world that reminders are about. */
export class ReminderWorld {
  readonly account: Account;
  readonly #installation: WorldOn;
  /** What the clock says, and whether it has just jumped. */
  now: Instant;
  isJumping = false;

  constructor(installation: WorldOn, account: Account, start: Instant) {
    this.#installation = installation;
    this.account = account;
    this.now = start;
  }

  /** Changes the store as the operator would. */
  async change<T>(work: (change: Change) => Promise<T>, accountId: Account['id'] | null = this.account.id): Promise<T> {
    const context = { accountId, origin: OPERATOR, now: this.now, storable: this.now, replay: null };
    const done = await this.#installation.deps.change<T, never>(context, async (change) => ok(await work(change)));
    if (!done.ok) throw new Error('a change was refused');
    return done.value.value;
  }

  async person(rest: Partial<User> = {}): Promise<User> {
    const id = newUserId(this.#installation.deps.randomBytes);
    const user: User = {
      id,
      accountId: this.account.id,
      name: 'Ann',
      email: rest.isServiceAccount === true ? null : `${id}@example.com`,
      userType: 'restricted',
      isServiceAccount: false,
      contacts: [],
      createdAt: this.now,
      disabledAt: null,
      expiration: {},
      policyIds: [],
      endsReportedKeys: false,
      ipAllowlist: null,
      ...rest,
    };
    await this.change((change) => change.users.create(user, null));
    return user;
  }

  /** Makes keys, however long ago. */
  async keys(wanted: readonly WantedKey[]): Promise<readonly Key[]> {
    const ids: KeyId[] = [];
    for (let start = 0; start < wanted.length; start += KEYS_AT_ONCE) {
      await this.change(async (change) => {
        for (const one of wanted.slice(start, start + KEYS_AT_ONCE)) ids.push(await this.#createKey(change, one));
      });
    }
    return this.#installation.deps.read(async (reader) => {
      const keys: Key[] = [];
      for (const id of ids) {
        const key = await reader.keys.find(this.account.id, id);
        if (key !== null) keys.push(key);
      }
      return keys;
    });
  }

  async #createKey(change: Change, { owner, createdAt, lifespanDays }: WantedKey): Promise<KeyId> {
    const { deps } = this.#installation;
    const id = keyIdOf(drawIdCharacters(deps.randomBytes));
    const identity = { id, accountId: owner.accountId, ownerId: owner.id, kind: 'master' } as const;
    const digest = Buffer.from(deps.randomBytes(32)).toString('hex');
    await change.keys.create({
      ...identity,
      name: 'nightly import',
      hint: 'clv_master_4fQ2…x9Kd',
      strength: 'full',
      createdAt,
      createdBy: owner.id,
      createdByKeyId: null,
      lifespan: lifespan(lifespanDays),
      expiresAt: lifespanDays === null ? null : plusMs(createdAt, lifespanDays * DAY_MS),
      permissions: null,
      allowedIps: [],
      allowedOrigins: [],
      rateLimit: null,
      metadata: {},
      secret: { digest, seal: deps.seal(sealedKey(identity, digest)) },
    });
    return id;
  }

  /** One run of a scheduler of its own; `change` may be one that dies. */
  run(change: CommandDeps['change'] = this.#installation.deps.change): Promise<void> {
    const clock = { now: () => this.now, storable: () => this.now, isJumping: () => this.isJumping };
    const { read, randomBytes } = this.#installation.deps;
    const { signal } = new AbortController();
    return remindersJob({ commands: { read, randomBytes, change }, clock }).run(signal);
  }

  /** All that was ever intended in this account, in order. */
  intents(): readonly Intent[] {
    const select = 'select * from reminder_intents where account_id = ? order by intended_at, key_id, recipient_id';
    return this.#installation.rows(select, this.account.id) as readonly Intent[];
  }

  /** Mails of this account that were ever queued, in order. */
  mails(): readonly { readonly id: string; readonly recipient: string; readonly due_at: number }[] {
    const select = 'select id, recipient, due_at from outbox where account_id = ? order by created_at, id';
    return this.#installation.rows(select, this.account.id) as ReturnType<ReminderWorld['mails']>;
  }

  /** Moves on in time. */
  pass(ms: number): void {
    this.now = instant(this.now + ms);
  }
}

/** What should have been intended, worked out the slow way: look at every key at every look, with a list of what was told. */
export function expectedIntents(
  keys: readonly Key[],
  looks: readonly Instant[],
  { reminderDays, reminderSteps }: Pick<Account, 'reminderDays' | 'reminderSteps'>,
): readonly string[] {
  const steps = [reminderDays, ...reminderSteps.filter((days) => days < reminderDays)].sort((a, b) => a - b);
  const expected: string[] = [];
  for (const key of keys) {
    let told = Number.POSITIVE_INFINITY;
    for (const now of looks) {
      if (key.expiresAt === null || now < key.createdAt || now >= key.expiresAt) continue;
      const left = (key.expiresAt - now) / DAY_MS;
      const step = steps.find((days) => left <= (days === 0 ? 0.5 : days));
      if (step === undefined || step >= told) continue;
      told = step;
      expected.push(`${key.id} ${step} ${key.ownerId} ${key.expiresAt} at ${now}`);
    }
  }
  return expected.toSorted();
}

/** Intents as `expectedIntents` writes them. */
export function written(intents: readonly Intent[]): readonly string[] {
  return intents
    .map((intent) => {
      const { key_id, step_days, recipient_id, expires_at, intended_at } = intent;
      return `${key_id} ${step_days} ${recipient_id} ${expires_at} at ${intended_at}`;
    })
    .toSorted();
}
