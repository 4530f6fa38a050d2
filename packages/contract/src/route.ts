import type { UserType } from '@claviger/core';
import type { z } from 'zod';
import type { ProblemCode } from './problems.ts';

/** Which credentials a route takes. `nobody`: it asks for none and refuses none (set-up, sign-in, self-revoke). */
export type CredentialKind = 'nobody' | 'session' | 'master_key' | 'internal_verify';

/** One call of the API, as data: handlers, parsing, OpenAPI, the role matrix and the docs all come from it. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template with `{names}`. */
  readonly path: string;
  /** Which port answers it; `every` is control plane, data plane and metrics alike. */
  readonly listener: 'control' | 'data' | 'every';
  /** The heading it stands under in the docs. */
  readonly group: string;
  readonly summary: string;
  /** What it does beyond the summary, for the docs; null when the summary says it all. */
  readonly description: string | null;
  readonly credentials: readonly CredentialKind[];
  /** Whether a narrowed key may call it (K14). */
  readonly isOpenToNarrowedKeys: boolean;
  /** The user types that may call it at all; others get 403. What they may do it to is the command's to decide. */
  readonly userTypes: readonly UserType[];
  /** What the path's ids name, so that the role matrix knows which own, other, foreign and absent ones to try. */
  readonly target: 'none' | 'key' | 'user' | 'policy' | 'policy_user' | 'session' | 'invitation' | 'webhook';
  /** Whether it needs a session whose proof is fresh (U8): never, always, or when such a thing is asked for; then its command sees to it. */
  readonly isSensitive:
    | boolean
    | 'when_user_type'
    | 'when_sign_in_settings'
    | 'when_administrator'
    | 'when_preview_token';
  /** The query it takes; with null the control plane refuses any, health and verification ignore it. */
  readonly query: z.ZodObject | null;
  /** The body it takes; no body at all counts as `{}`. Null is a call without a body. */
  readonly body: z.ZodType | null;
  readonly answer: {
    readonly status: 200 | 201 | 202 | 204;
    readonly schema: z.ZodType | null;
    /** What it answers when that is a file, sent piece by piece, and no JSON; its schema is null then. */
    readonly mediaTypes?: readonly string[];
  };
  /** Bytes; the largest body taken. */
  readonly bodyBytesLargest: number;
  /** True when an Idempotency-Key makes a repetition answer as the first time. */
  readonly isIdempotent: boolean;
  /** The audit events a success may write; empty when it changes nothing. */
  readonly events: readonly string[];
  /** The refusals it may answer beside those that follow from the rest of this row (`problemsOf`). */
  readonly problems: readonly ProblemCode[];
};
