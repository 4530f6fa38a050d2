import type { Json } from './components.ts';

type Paths = Readonly<Record<string, Readonly<Record<string, Json>>>>;

/** Names every set of refusals once and refers to it, since most calls refuse alike: a third of the size. */
export function sharedAnswers(paths: Paths): { readonly paths: Paths; readonly shared: Json } {
  const names = new Map<string, string>();
  const counts = new Map<string, number>();
  const nameOf = (status: string, answer: unknown): string => {
    const text = JSON.stringify(answer);
    const known = names.get(text);
    if (known !== undefined) return known;
    const count = (counts.get(status) ?? 0) + 1;
    counts.set(status, count);
    names.set(text, `Refused${status}.${count}`);
    return `Refused${status}.${count}`;
  };
  const shared: Record<string, unknown> = {};
  const refer = ([status, answer]: readonly [string, unknown]): readonly [string, unknown] => {
    if (Number(status) < 400) return [status, answer];
    const name = nameOf(status, answer);
    shared[name] = answer;
    return [status, { $ref: `#/components/responses/${name}` }];
  };
  const operation = (json: Json): Json => ({
    ...json,
    responses: Object.fromEntries(Object.entries(json['responses'] as Json).map(refer)),
  });
  return { paths: mapValues(paths, (methods) => mapValues(methods, operation)), shared };
}

function mapValues<Value>(
  of: Readonly<Record<string, Value>>,
  change: (value: Value) => Value,
): Readonly<Record<string, Value>> {
  return Object.fromEntries(Object.entries(of).map(([name, value]) => [name, change(value)]));
}
