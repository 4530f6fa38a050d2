/**
 * How one proxy tells us of the request it holds, and how it wants to be answered (D8, D10). Everything else about forward
 * auth is the same for all: see `authorize.ts`. A further proxy is one further file here.
 */
export type Dialect = {
  /** The last part of `/v1/authz/<name>`, and the source its decisions are counted under. */
  readonly name: 'nginx';
  /** Reads the original request from the headers of the request that asks about it. */
  readonly readOriginal: (rawHeaders: readonly string[]) => OriginalRequest;
  /** The status that the proxy gets for a refusal: some proxies know only a few. */
  readonly statusFor: (status: RefusalStatus) => RefusalStatus;
};

/** The statuses a refusal has in truth (D10). */
export type RefusalStatus = 401 | 403 | 429 | 503;

/** The request a proxy holds, as its headers tell it. */
export type OriginalRequest = {
  /** Null when the proxy does not say, or says it twice: then nobody knows what is asked. */
  readonly method: string | null;
  readonly target: string | null;
  /** All values that came, in their order. */
  readonly forwardedFor: readonly string[];
  readonly realIp: readonly string[];
  /** The browser's `Origin`; null when absent or doubled. */
  readonly origin: string | null;
  /** Methods that headers of the client ask the API to take instead of the real one. */
  readonly overridingMethods: readonly string[];
  /** What the proxy authenticates itself with. */
  readonly proxyKeys: readonly string[];
};
