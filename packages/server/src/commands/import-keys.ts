import { mayImport, ok, refuse, type Result } from '@claviger/core';
import type { Change, Key } from '@claviger/storage';
import type { ImportMistake, ImportRefusal } from '../refusal.ts';
import { type ActingUser, requireAdministrator } from './acting-user.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import { createScales, type ImportEntry, type Weighed } from './import-entry.ts';
import { creatorOf, insertImportedKey, type SecretDeps } from './new-key.ts';
import type { CommandOutcome, Outcome } from './outcome.ts';
import { changeAs } from './run-as.ts';
import { type ShownKey, shownKey } from './shown-key.ts';

/** What importing takes. */
export type ImportKeysDeps = SecretDeps & Pick<CommandDeps, 'change' | 'keysPerUserMost'>;

/**
 * Takes over keys of another system by the digests of their texts, all of them or none (K13). They live under the same
 * rules from then on: within their owners' rights (K5), for the lifespan of the policy in force, counted from now (E7).
 * A refusal lists every mistake of every entry. A text that is or was that of any key is taken, and of which is not said (T1).
 */
export function importKeys(
  deps: ImportKeysDeps,
  context: CommandContext,
  entries: readonly ImportEntry[],
): CommandOutcome<readonly ShownKey[]> {
  return changeAs(deps, context, async (acting, change) => {
    const allowed = checkKinds(acting, entries);
    if (!allowed.ok) return allowed;
    const weighed = await weighAll(deps, change, { acting, entries });
    return weighed.ok ? insertAll(deps, change, { acting, weighed: weighed.value }) : weighed;
  });
}

type Good = Extract<Weighed, { readonly draft: unknown }>;
type Asked = { readonly acting: ActingUser; readonly entries: readonly ImportEntry[] };

/** Who may not import a kind is told so before anything else is looked at. */
function checkKinds(acting: ActingUser, entries: readonly ImportEntry[]) {
  const administrator = requireAdministrator(acting);
  if (!administrator.ok) return administrator;
  const refusal = { kind: 'not-allowed', because: { rule: 'owner-imports-master-keys' } } as const;
  const mistakes = entries.flatMap(({ kind }, entry) =>
    mayImport(acting.user.userType, kind) ? [] : [{ entry, pointer: '/kind', refusal }],
  );
  return noneOf(mistakes);
}

async function weighAll(deps: ImportKeysDeps, change: Change, { acting, entries }: Asked): Outcome<readonly Good[]> {
  const scales = createScales(deps, change.read, acting);
  const taken = await change.read.keys.takenDigests(entries.map(({ digest }) => digest));
  const good: Good[] = [];
  const mistakes: ImportMistake[] = [...repeatedDigests(entries)];
  for (const [index, entry] of entries.entries()) {
    if (taken.has(entry.digest)) mistakes.push(digestTaken(index));
    const weighed = await scales.weigh(entry, index);
    if ('draft' in weighed) good.push(weighed);
    else mistakes.push(...weighed);
  }
  const none = noneOf(mistakes.toSorted((a, b) => a.entry - b.entry));
  return none.ok ? ok(good) : none;
}

async function insertAll(
  deps: ImportKeysDeps,
  change: Change,
  { acting, weighed }: { readonly acting: ActingUser; readonly weighed: readonly Good[] },
): Outcome<readonly ShownKey[]> {
  const shown: ShownKey[] = [];
  for (const [index, { entry, draft }] of weighed.entries()) {
    const full = { ...draft, ...creatorOf(acting), now: acting.now };
    const key: Key | 'digest-taken' = await insertImportedKey(deps, change, { draft: full, text: entry });
    // On PostgreSQL another account may have taken it since it was looked for.
    if (key === 'digest-taken') return refuse({ kind: 'import-refused', mistakes: [digestTaken(index)] });
    shown.push(shownKey({ key, owner: draft.owner }, acting));
  }
  return ok(shown);
}

function repeatedDigests(entries: readonly ImportEntry[]): readonly ImportMistake[] {
  const seen = new Map<string, number>();
  return entries.flatMap(({ digest }, entry) => {
    const first = seen.get(digest);
    if (first === undefined) seen.set(digest, entry);
    const pointer = '/digest';
    return first === undefined ? [] : [{ entry, pointer, refusal: { kind: 'digest-repeated', pointer, first } }];
  });
}

function digestTaken(entry: number): ImportMistake {
  return { entry, pointer: '/digest', refusal: { kind: 'digest-taken' } };
}

function noneOf(mistakes: readonly ImportMistake[]): Result<null, ImportRefusal> {
  return mistakes.length === 0 ? ok(null) : refuse({ kind: 'import-refused', mistakes });
}
