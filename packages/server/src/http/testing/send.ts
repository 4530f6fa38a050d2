import type { StoredEvent } from '../../commands/testing/installation.ts';
import type { TestPlane } from './test-plane.ts';

/** A request as a test makes it. */
export type TestRequest = {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
};

/** What came back, and exactly which events the call wrote. */
export type TestAnswer<T> = {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
  /** The problem's code; null for a success. */
  readonly code: string | null;
  readonly events: readonly StoredEvent[];
  readonly names: readonly string[];
};

/** Sends one request and looks at what it did. */
export async function send<T = Readonly<Record<string, unknown>>>(
  plane: TestPlane,
  request: TestRequest,
): Promise<TestAnswer<T>> {
  const mark = plane.lastVersion();
  const hasBody = request.body !== undefined;
  const answer = await fetch(`${plane.origin}${request.path}`, {
    method: request.method,
    headers: { ...(hasBody ? { 'content-type': 'application/json' } : {}), ...request.headers },
    ...(hasBody ? { body: JSON.stringify(request.body) } : {}),
  });
  const text = await answer.text();
  const isJson = /^application\/(?:problem\+)?json$/.test(answer.headers.get('content-type') ?? '');
  const body = (isJson ? JSON.parse(text) : null) as T;
  const events = plane.eventsAfter(mark);
  const code = answer.status >= 400 ? String((body as { readonly code?: string }).code) : null;
  const names = events.map((event) => event.event_name);
  return { status: answer.status, headers: answer.headers, text, body, code, events, names };
}
