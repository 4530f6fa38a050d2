import { BODY_BYTES_LARGEST } from '@claviger/core';
import type { Route } from '../route.ts';

const EVERYBODY = ['owner', 'administrator', 'restricted'] as const;
const ADMINISTRATIVE = ['owner', 'administrator'] as const;

const PLAIN = {
  description: null,
  isOpenToNarrowedKeys: false,
  target: 'none',
  isSensitive: false,
  query: null,
  body: null,
  bodyBytesLargest: BODY_BYTES_LARGEST,
  isIdempotent: false,
  events: [],
  problems: [],
} as const satisfies Partial<Route>;

/** What calls of the management API have in common unless their row says otherwise. */
export const FOR_EVERYBODY = {
  ...PLAIN,
  listener: 'control',
  credentials: ['session', 'master_key'],
  userTypes: EVERYBODY,
} as const satisfies Partial<Route>;

/** Calls of the Owner and administrators (U3, P5). */
export const FOR_ADMINISTRATIVE = { ...FOR_EVERYBODY, userTypes: ADMINISTRATIVE } as const satisfies Partial<Route>;

/** Calls that only make sense with a session. */
export const FOR_SESSIONS = { ...FOR_EVERYBODY, credentials: ['session'] } as const satisfies Partial<Route>;

/** Calls that ask for no credential. */
export const FOR_NOBODY = {
  ...PLAIN,
  listener: 'control',
  credentials: ['nobody'],
  userTypes: [],
} as const satisfies Partial<Route>;

/** Calls of gateways and back ends, on the data plane. */
export const FOR_VERIFY_KEYS = {
  ...PLAIN,
  listener: 'data',
  credentials: ['internal_verify'],
  userTypes: [],
} as const satisfies Partial<Route>;
