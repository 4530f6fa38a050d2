/** Where a credential was found. `x-write-key` and `query` take write-only keys alone (D11). */
export type CredentialSource = 'bearer' | 'td1' | 'x-api-key' | 'x-write-key' | 'query' | 'named-header';

/** What a request presents. `ambiguous`: more than one credential, or one header twice; nobody may pick one. */
export type PresentedKey =
  | { readonly kind: 'none' }
  | { readonly kind: 'ambiguous' }
  | { readonly kind: 'presented'; readonly text: string; readonly source: CredentialSource };

/** Which places of a request may carry a key. */
export type CredentialPlaces = {
  /** The one header that carries the key, in lower case; all other credentials pass through untouched (D9). Null: the usual ones. */
  readonly header: string | null;
  /** True on ingestion routes that take `X-Write-Key` and `?write_key=` (D11). */
  readonly takesWriteKey: boolean;
};

/** Bearer, TD1 and X-Api-Key: what every route takes unless its rule says otherwise. */
export const USUAL_PLACES: CredentialPlaces = { header: null, takesWriteKey: false };

const NONE: PresentedKey = { kind: 'none' };
const AMBIGUOUS: PresentedKey = { kind: 'ambiguous' };
const AUTHORIZATION = 'authorization';
const QUERY_PARAMETER = 'write_key';

/**
 * Finds the credential of a request (D11). Give `rawHeaders` of node:http (name, value, name, value …), never `headers`:
 * Node drops the second of two `Authorization` headers without a word. `query` is the raw query without its `?`.
 *
 * @example
 * const presented = presentedKey(request.rawHeaders, '', USUAL_PLACES);
 * if (presented.kind === 'presented') verifier.decide({ ...question, key: presented.text });
 */
export function presentedKey(rawHeaders: readonly string[], query: string, places: CredentialPlaces): PresentedKey {
  let found: PresentedKey = NONE;
  let credentials = 0;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const source = sourceOf(name, places);
    if (source === null) continue;
    credentials += 1;
    found = readHeader(source, rawHeaders[index + 1] as string);
  }
  if (places.takesWriteKey && places.header === null && mayHoldWriteKey(query)) {
    for (const text of new URLSearchParams(query).getAll(QUERY_PARAMETER)) {
      credentials += 1;
      found = { kind: 'presented', text, source: 'query' };
    }
  }
  return credentials > 1 ? AMBIGUOUS : found;
}

/** Whether a key of this kind may come by this way: a master key in a URL or in X-Write-Key is refused and reported (D11). */
export function mayComeBy(source: CredentialSource, kind: 'master' | 'write_only'): boolean {
  return kind === 'write_only' || (source !== 'query' && source !== 'x-write-key');
}

/** What a header is to us, or null. Lengths are compared first: most headers are none of ours, and this runs on each one. */
function sourceOf(name: string, places: CredentialPlaces): 'authorization' | CredentialSource | null {
  if (places.header !== null) {
    if (name.length !== places.header.length || name.toLowerCase() !== places.header) return null;
    return places.header === AUTHORIZATION ? AUTHORIZATION : 'named-header';
  }
  switch (name.length) {
    case 13:
      return name.toLowerCase() === AUTHORIZATION ? AUTHORIZATION : null;
    case 9:
      return name.toLowerCase() === 'x-api-key' ? 'x-api-key' : null;
    case 11:
      return places.takesWriteKey && name.toLowerCase() === 'x-write-key' ? 'x-write-key' : null;
    default:
      return null;
  }
}

/** A credential of another scheme (Basic, Digest) is not ours, but still counts as one: beside a key it is ambiguous. */
function readHeader(source: 'authorization' | CredentialSource, value: string): PresentedKey {
  if (source !== AUTHORIZATION) return { kind: 'presented', text: value, source };
  const space = value.indexOf(' ');
  const scheme = (space === -1 ? value : value.slice(0, space)).toLowerCase();
  if (scheme !== 'bearer' && scheme !== 'td1') return NONE;
  return { kind: 'presented', text: space === -1 ? '' : value.slice(space + 1).trim(), source: scheme };
}

/** An encoded name (`write%5Fkey`) is the same parameter, so a `%` or a `+` anywhere means looking closely. */
function mayHoldWriteKey(query: string): boolean {
  return query.includes(QUERY_PARAMETER) || query.includes('%');
}
