/** One call of the tour. */
export type Call = {
  readonly title: string;
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly url: string;
  /** The key to present, or null. The transcript shows its hint only. */
  readonly key: string | null;
  readonly body?: unknown;
};

/** What came back. */
export type Answer = { readonly status: number; readonly body: Record<string, unknown> };

/** Makes a call, prints it as one would type it, and prints the real answer. Secrets are masked in print, never in the call. */
export async function makeCall(call: Call, print: (line: string) => void): Promise<Answer> {
  print('');
  print(`# ${call.title}`);
  print(asCurl(call));
  const response = await fetch(call.url, {
    method: call.method,
    headers: {
      ...(call.key === null ? {} : { Authorization: `Bearer ${call.key}` }),
      ...(call.body === undefined ? {} : { 'Content-Type': 'application/json' }),
    },
    ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
  });
  const text = await response.text();
  const body = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
  print(`< ${response.status} ${masked(text)}`);
  return { status: response.status, body };
}

function asCurl(call: Call): string {
  const parts = ['curl', ...(call.method === 'GET' ? [] : ['-X', call.method]), call.url];
  if (call.key !== null) parts.push('-H', `'Authorization: Bearer ${masked(call.key)}'`);
  if (call.body !== undefined) parts.push('--json', `'${masked(JSON.stringify(call.body))}'`);
  return `$ ${parts.join(' ')}`;
}

/** Replaces secrets by what lists would show of them. */
function masked(text: string): string {
  return text
    .replace(/(clv_(?:master|write)_\w{4})\w{43}(\w{4})/g, '$1…$2')
    .replace(/("(?:password|token)":)"[^"]*"/g, '$1"…"');
}
