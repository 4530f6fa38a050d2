import type { UserType } from '@claviger/core';
import type { z } from 'zod';
import type { ProblemCode } from './problems.ts';

/** Which credentials a route takes. `nobody`: it asks for none and refuses none (set-up, sign-in, self-revoke). */
export type CredentialKind = 'nobody' | 'session' | 'master_key' | 'internal_verify';

/** One call of the API, as data: handlers, validation, OpenAPI, the role matrix and the docs all come from it. */
export type Route = {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Path template with `{names}`. */
  readonly path: string;
  readonly listener: 'control' | 'data';
  readonly summary: string;
  readonly credentials: readonly CredentialKind[];
  /** The user types that may call it at all; others get 403. What they may do it to is the command's to decide. */
  readonly userTypes: readonly UserType[];
  /** What the path's ids name, so that the role matrix knows which own, other, foreign and absent ones to try. */
  readonly target: 'none' | 'key' | 'user' | 'policy' | 'policy_user' | 'session';
  /** True when it needs a session whose proof is fresh (U8). */
  readonly isSensitive: boolean;
  readonly query: z.ZodObject | null;
  readonly body: z.ZodType | null;
  readonly answer: { readonly status: 200 | 201 | 202 | 204; readonly schema: z.ZodType | null };
  /** Bytes; the largest body taken. */
  readonly bodyBytesLargest: number;
  /** True when an Idempotency-Key makes a repetition answer as the first time. */
  readonly isIdempotent: boolean;
  /** The audit events a success may write; empty when it changes nothing. */
  readonly events: readonly string[];
  /** The refusals it may answer beside those every route shares. */
  readonly problems: readonly ProblemCode[];
};
