import { dayMs } from './time.ts';

/** What the model knows of the installation. It is written from the rules in the docs, with nothing of the product's own code. */
export type Model = {
  /** Milliseconds; the server's clock stands still at this instant until the walk moves it. */
  now: number;
  reminderDays: number;
  readonly lifespans: Record<Kind, Days>;
  usersMayOnlyShorten: boolean;
  readonly people: Map<string, Person>;
  readonly keys: Map<string, HeldKey>;
  readonly policies: Map<string, { permissions: readonly Right[] }>;
  /** How often each successful change should stand in the audit log. */
  readonly events: Map<string, number>;
};

export type Kind = 'master' | 'write_only';
/** Days until a key expires, or never. */
export type Days = number | null;
export type Type = 'owner' | 'administrator' | 'restricted';

/** An operation on a database: by its name, or on all of them. */
export type Right = { readonly operation: Operation; readonly database: string };
export const OPERATIONS = ['query', 'edit', 'import', 'download', 'manage'] as const;
export type Operation = (typeof OPERATIONS)[number];
export const DATABASES = ['sales', 'staff'] as const;

export type Person = {
  readonly id: string;
  type: Type;
  readonly isService: boolean;
  readonly email: string | null;
  isDisabled: boolean;
  /** How often they were disabled: sessions from before have ended (U5). */
  timesDisabled: number;
  /** Who gets a service account's reminders. */
  readonly contacts: Set<string>;
  readonly policies: Set<string>;
  /** The user's own lifespans; a kind that is absent follows the account's. */
  own: Partial<Record<Kind, Days>>;
};

/** A secret that somebody was shown. */
export type HeldSecret = { readonly text: string; endsAt: number | null; isCurrent: boolean };

/** Who made one of a key's secrets, and with which key. */
export type Maker = { readonly userId: string; readonly keyId: string | null };

export type HeldKey = {
  readonly id: string;
  readonly kind: Kind;
  ownerId: string;
  name: string;
  readonly createdAt: number;
  readonly createdBy: string;
  readonly createdByKeyId: string | null;
  /** The lifespan chosen at creation. */
  readonly lifespan: Days;
  expiresAt: number | null;
  disabled: 'no' | 'request' | 'promotion';
  forced: { readonly at: number; readonly by: string; readonly reason: string; readonly note: string | null } | null;
  isDeleted: boolean;
  permissions: readonly Right[] | null;
  /** The same as answers show it: after a reassignment the server words it. */
  shownPermissions: readonly unknown[] | null;
  secrets: HeldSecret[];
  rotation: { readonly rotatedAt: number; previousEndsAt: number } | null;
  readonly makers: Maker[];
};

/** Notes that a change was made, so that the audit log must hold it. */
export function expectEvent(model: Model, name: string, times = 1): void {
  if (times > 0) model.events.set(name, (model.events.get(name) ?? 0) + times);
}

export function personOf(model: Model, id: string): Person {
  const person = model.people.get(id);
  if (person === undefined) throw new Error(`the model has no user ${id}`);
  return person;
}

/** A key is dead by force, or at the very instant of its expiry (E9, X1). */
export function isDead(model: Model, key: HeldKey): boolean {
  return key.forced !== null || (key.expiresAt !== null && model.now >= key.expiresAt);
}

/** What lists show (the order of the checks is the docs'). */
export function statusOf(model: Model, key: HeldKey): 'active' | 'expiring' | 'disabled' | 'expired' {
  if (isDead(model, key)) return 'expired';
  if (key.disabled !== 'no') return 'disabled';
  const isSoon = key.expiresAt !== null && key.expiresAt - model.now <= dayMs(model.reminderDays);
  return isSoon ? 'expiring' : 'active';
}

/** The Owner manages everybody, administrators restricted users and themselves, everybody themselves (U3). */
export function mayManage(actor: Person, target: Person): boolean {
  if (actor.id === target.id || actor.type === 'owner') return true;
  return actor.type === 'administrator' && target.type === 'restricted';
}

/** Administrators see everybody, restricted users themselves. */
export function maySee(actor: Person, target: Person): boolean {
  return actor.id === target.id || actor.type !== 'restricted';
}

/** What a user may do: everything, or the union of their policies (P1). */
export function rightsOf(model: Model, person: Person): readonly Right[] {
  if (person.type !== 'restricted') return OPERATIONS.map((operation) => ({ operation, database: '*' }));
  return [...person.policies].flatMap((id) => model.policies.get(id)?.permissions ?? []);
}

/** `manage` includes every other operation; `*` is every database (P2, P3). */
export function covers(rights: readonly Right[], wanted: Right): boolean {
  return rights.some(
    ({ operation, database }) =>
      (operation === wanted.operation || operation === 'manage') && (database === '*' || database === wanted.database),
  );
}

/** The lifespan of new keys: the user's own, else the account's; the shorter where users' policies may only shorten (E2, E3). */
export function lifespanInForce(model: Model, person: Person, kind: Kind): Days {
  const own = person.own[kind];
  const system = model.lifespans[kind];
  if (own === undefined) return system;
  return model.usersMayOnlyShorten ? shorter(own, system) : own;
}

export function shorter(a: Days, b: Days): Days {
  if (a === null) return b;
  return b === null ? a : Math.min(a, b);
}

export function isLonger(a: Days, b: Days): boolean {
  return b !== null && (a === null || a > b);
}

/** The expiry of a secret that is made now (E4). */
export function expiryOf(model: Model, lifespan: Days): number | null {
  return lifespan === null ? null : model.now + dayMs(lifespan);
}

/** The key that a text belongs to, and that very secret. */
export type Presented = { readonly key: HeldKey; readonly secret: HeldSecret };

/** What verification must say (docs: order of the checks). */
export function decisionOf(model: Model, { key, secret }: Presented, wanted: Right | null): string {
  const owner = model.people.get(key.ownerId);
  if (key.isDeleted || owner === undefined) return 'not_found';
  if (isDead(model, key) || isOver(model, key, secret)) return 'expired';
  if (key.disabled !== 'no') return 'disabled';
  if (owner.isDisabled) return 'owner_disabled';
  if (wanted === null) return 'allowed';
  if (key.kind === 'write_only' && wanted.operation !== 'import') return 'write_only_key';
  const isNarrowedAway = key.permissions !== null && !covers(key.permissions, wanted);
  return isNarrowedAway || !covers(rightsOf(model, owner), wanted) ? 'insufficient_permission' : 'allowed';
}

/** A replaced secret ends at its own end, whatever the key's is (X5). */
function isOver(model: Model, key: HeldKey, secret: HeldSecret): boolean {
  const end = secret.isCurrent ? key.expiresAt : secret.endsAt;
  return end !== null && model.now >= end;
}

/** Keys that a key made, directly or through others, also through deleted ones (K14). */
export function descendantsOf(model: Model, id: string): readonly HeldKey[] {
  const found: HeldKey[] = [];
  const from = [id];
  for (let parent = from.pop(); parent !== undefined; parent = from.pop()) {
    for (const key of model.keys.values()) {
      if (key.createdByKeyId !== parent) continue;
      from.push(key.id);
      if (!key.isDeleted) found.push(key);
    }
  }
  return found;
}

/** Keys of a user whose secret somebody else may know: who made one of the secrets, or made what made it (U3). */
export function keysKnownToOthers(model: Model, person: Person): readonly HeldKey[] {
  const own = [...model.keys.values()].filter((key) => key.ownerId === person.id && !key.isDeleted);
  const known = new Set<string>();
  const isTelling = (maker: Maker): boolean => {
    if (maker.userId !== person.id) return true;
    return maker.keyId !== null && (known.has(maker.keyId) || !own.some((key) => key.id === maker.keyId));
  };
  for (let before = -1; before < known.size; ) {
    before = known.size;
    for (const key of own) if (key.makers.some(isTelling)) known.add(key.id);
  }
  return own.filter((key) => known.has(key.id));
}
