import type { Key } from '@claviger/storage';
import type { NamedKey } from '../mail/messages.ts';

/** A key as a mail names it. */
export function namedKey({ id, name, kind, hint }: Key): NamedKey {
  return { id, name, kind, hint };
}
