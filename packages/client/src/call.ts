import type { AnswerOf, BodyOf, ParamsOf, ProblemObject, QueryOf, RouteName } from '@claviger/contract';

/** What a call of a route takes: path parameters, query and body as its row in the route table says, and how to send it. */
export type CallInput<Name extends RouteName> = ParamsInput<Name> & QueryInput<Name> & BodyInput<Name> & Sending;

/** How a call is sent. */
export type Sending = {
  /** Makes a repetition answer as the first time (16 to 255 visible ASCII characters); draw a new one for each new request. */
  readonly idempotencyKey?: string;
  /** Ends the call early; it then throws what the signal says. */
  readonly signal?: AbortSignal;
};

/** The input as a parameter that may be left out when nothing in it is required. */
export type CallArguments<Name extends RouteName> =
  Record<never, never> extends CallInput<Name> ? [input?: CallInput<Name>] : [input: CallInput<Name>];

/** What a call brought back: the answer, or the problem that explains the "no". */
export type CallResult<Name extends RouteName> = Answered<Name> | Refused;

/** The server did what was asked. */
export type Answered<Name extends RouteName> = {
  readonly ok: true;
  readonly status: number;
  /** The body of the answer; null where there is none. A later release may have added members. */
  readonly value: AnswerOf<Name>;
  /** The version of the change, for `min_version`; null when nothing changed. */
  readonly version: string | null;
  /** True when the answer is a replay of an earlier one: it has no `secret`. */
  readonly isReplayed: boolean;
  readonly requestId: string | null;
};

/** The server said no, and why. */
export type Refused = {
  readonly ok: false;
  readonly status: number;
  /** Branch on `problem.code`. */
  readonly problem: ProblemObject;
  /** Seconds to wait before trying again; null when waiting does not help. */
  readonly retryAfterSeconds: number | null;
};

type ParamsInput<Name extends RouteName> = keyof ParamsOf<Name> extends never
  ? { readonly params?: never }
  : { readonly params: ParamsOf<Name> };

type QueryInput<Name extends RouteName> =
  QueryOf<Name> extends null ? { readonly query?: never } : { readonly query?: Partial<QueryOf<Name>> };

type BodyInput<Name extends RouteName> =
  BodyOf<Name> extends null
    ? { readonly body?: never }
    : Record<never, never> extends BodyOf<Name>
      ? { readonly body?: BodyOf<Name> }
      : { readonly body: BodyOf<Name> };
