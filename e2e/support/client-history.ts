/** What a client knows of a key that it made: its own memory, compared with what the server says after each kill. */
export type RememberedKey = {
  readonly id: string;
  readonly name: string;
  /** The text that works; null when the answer that showed it was lost. */
  secret: string | null;
  /** Texts that rotations replaced, without overlap. */
  readonly replaced: string[];
  rotations: number;
  isForceExpired: boolean;
  isDeleted: boolean;
};

/** What a client knows of a policy that it made. */
export type RememberedPolicy = {
  readonly id: string;
  /** The database that it permits to query: every edit names another one. */
  database: string;
  edits: number;
};

/** One call, written down before it is sent. */
export type Attempt = {
  readonly kind: 'create' | 'rotate' | 'force-expire' | 'delete' | 'create-policy' | 'edit-policy';
  readonly method: 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly body: unknown;
  /** Null for methods that are idempotent by themselves. */
  readonly idempotencyKey: string | null;
  /** What it is about; null for what is only being made. */
  readonly subjectId: string | null;
};

/** What an acknowledged call promised to be in the audit log. */
export type Promised = { readonly version: number; readonly eventName: string; readonly resourceId: string };

/** A client's own history: all it ever did, as far as it knows. */
export type ClientHistory = {
  readonly keys: Map<string, RememberedKey>;
  readonly policies: Map<string, RememberedPolicy>;
  readonly promised: Promised[];
  /** Ids of what was changed since somebody last looked. */
  readonly touched: Set<string>;
  /** The call whose answer never came; null when there is none. */
  pending: Attempt | null;
  acknowledged: number;
};

/** A client that has done nothing yet. */
export function newHistory(): ClientHistory {
  return { keys: new Map(), policies: new Map(), promised: [], touched: new Set(), pending: null, acknowledged: 0 };
}

const EVENT_NAMES = {
  create: 'key.created',
  rotate: 'key.rotated',
  'force-expire': 'key.force_expired',
  delete: 'key.deleted',
  'create-policy': 'policy.created',
  'edit-policy': 'policy.changed',
} as const;

/** What came back for an attempt. */
export type Acknowledgement = {
  /** The id of the object in the answer; null when there is none. */
  readonly id: string | null;
  /** Absent in a replay. */
  readonly secret: string | null;
  /** From `Claviger-Version`; null when nothing had to change any more. */
  readonly version: number | null;
};

/** Writes down that an attempt was answered with success. */
export function remember(history: ClientHistory, attempt: Attempt, answer: Acknowledgement): void {
  history.pending = null;
  history.acknowledged += 1;
  const resourceId = attempt.subjectId ?? answer.id ?? '';
  if (answer.version !== null) {
    history.promised.push({ version: answer.version, eventName: EVENT_NAMES[attempt.kind], resourceId });
  }
  history.touched.add(resourceId);
  applyTo(history, attempt, { resourceId, secret: answer.secret });
}

type Fact = { readonly resourceId: string; readonly secret: string | null };

function applyTo(history: ClientHistory, attempt: Attempt, { resourceId, secret }: Fact): void {
  const body = attempt.body as { readonly name: string; readonly permissions: readonly { readonly ids: [string] }[] };
  const key = history.keys.get(resourceId);
  const policy = history.policies.get(resourceId);
  const database = body?.permissions?.[0]?.ids[0] ?? '';
  switch (attempt.kind) {
    case 'create': {
      const facts = { replaced: [], rotations: 0, isForceExpired: false, isDeleted: false };
      history.keys.set(resourceId, { id: resourceId, name: body.name, secret, ...facts });
      return;
    }
    case 'create-policy':
      history.policies.set(resourceId, { id: resourceId, database, edits: 0 });
      return;
    case 'edit-policy':
      if (policy !== undefined) Object.assign(policy, { database, edits: policy.edits + 1 });
      return;
    case 'rotate':
      if (key?.secret) key.replaced.push(key.secret);
      if (key !== undefined) Object.assign(key, { secret, rotations: key.rotations + 1 });
      return;
    case 'force-expire':
      if (key !== undefined) key.isForceExpired = true;
      return;
    case 'delete':
      if (key !== undefined) key.isDeleted = true;
  }
}
