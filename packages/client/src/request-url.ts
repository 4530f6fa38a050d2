/** What fills the gaps of a path template. */
export type PathValues = Readonly<Record<string, string>>;

/** What goes behind the `?`; undefined ones are left out. */
export type QueryValues = Readonly<Record<string, string | number | boolean | undefined>>;

/** Puts together the address of a call; throws on an id that would lead to another path. */
export function requestUrl(
  base: string,
  template: string,
  values: { readonly params: PathValues; readonly query: QueryValues },
): string {
  const path = template.replaceAll(/\{(\w+)\}/g, (_gap, name: string) => pathSegment(name, values.params[name]));
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values.query)) {
    if (value !== undefined) query.append(name, String(value));
  }
  const text = query.toString();
  return `${base.replace(/\/+$/, '')}${path}${text === '' ? '' : `?${text}`}`;
}

function pathSegment(name: string, value: string | undefined): string {
  // `encodeURIComponent` leaves dots alone, and `/keys/..` is another path: deleting a key must never delete its parent.
  if (value === undefined || value === '' || value === '.' || value === '..') {
    throw new RangeError(`the parameter ${name} must be an id`);
  }
  return encodeURIComponent(value);
}
