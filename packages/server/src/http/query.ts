import { parseInput, type Route } from '@claviger/contract';
import { ok, refuse, type Result } from '@claviger/core';
import type { HttpRefusal } from './http-refusal.ts';
import { isStorable } from './json-body.ts';

/**
 * Parses a raw query by a route's schema, which gets each parameter as one text: a parameter given twice is a mistake, as is
 * any parameter where none is taken, and any escape that is no UTF-8.
 */
export function parseQuery(schema: Route['query'], raw: string): Result<unknown, HttpRefusal> {
  const given: [string, string][] = [];
  for (const part of raw.split('&').filter((text) => text !== '')) {
    const pair = decodePair(part);
    if (pair === null) return refuse(mistake('', 'wrong_format', 'holds an escape that is not UTF-8'));
    if (given.some(([name]) => name === pair[0])) return refuse(mistake('', 'too_many', 'names a parameter twice'));
    given.push(pair);
  }
  if (schema === null) {
    return given.length === 0 ? ok(null) : refuse(mistake('', 'unknown_field', 'must be empty: nothing is asked here'));
  }
  const parsed = parseInput(schema, Object.fromEntries(given));
  return parsed.ok ? parsed : refuse({ kind: 'bad-query', errors: parsed.refusal });
}

function decodePair(part: string): [string, string] | null {
  const equals = part.indexOf('=');
  const [name, value] = equals === -1 ? [part, ''] : [part.slice(0, equals), part.slice(equals + 1)];
  try {
    const pair: [string, string] = [decode(name), decode(value)];
    return pair.every(isStorable) ? pair : null;
  } catch {
    // `decodeURIComponent` throws on what is no UTF-8: the caller says so.
    return null;
  }
}

function decode(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '));
}

function mistake(pointer: string, code: string, detail: string): HttpRefusal {
  return { kind: 'bad-query', errors: [{ pointer, code, detail }] };
}
