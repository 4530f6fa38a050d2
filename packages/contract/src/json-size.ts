import { JSON_DEPTH_LARGEST } from '@claviger/core';

/** Whether a parsed JSON value is nested at most 32 levels deep. Walks without recursion: depth cannot hurt it. */
export function isJsonShallow(value: unknown): boolean {
  let level: readonly unknown[] = [value];
  for (let depth = 0; depth <= JSON_DEPTH_LARGEST; depth += 1) {
    level = level.flatMap(childrenOf);
    if (level.length === 0) return true;
  }
  return false;
}

/** The length in bytes of a value as JSON in UTF-8; a value nested too deep counts as endless. */
export function jsonBytes(value: unknown): number {
  return isJsonShallow(value) ? utf8Bytes(JSON.stringify(value)) : Number.POSITIVE_INFINITY;
}

function childrenOf(value: unknown): readonly unknown[] {
  return typeof value === 'object' && value !== null ? Object.values(value) : [];
}

function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x80) bytes += 1;
    else if (code < 0x800) bytes += 2;
    else bytes += code < 0x10000 ? 3 : 4;
  }
  return bytes;
}
