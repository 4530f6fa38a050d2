import { type ChainHead, EXPORT_STRETCH, formatInstant, isAdministrative, ok, type Result } from '@claviger/core';
import type { EventFilter, NumberedLink, StoredEvent } from '@claviger/storage';
import type { Refusal } from '../refusal.ts';
import type { CommandContext, CommandDeps } from './deps.ts';
import type { ListEventsInput } from './list-events.ts';
import type { CommandOutcome } from './outcome.ts';
import { changeAs, readAs } from './run-as.ts';

/** Which events, and what is written down about the download. */
export type DownloadEventsInput = Omit<ListEventsInput, 'page'> & {
  readonly format: 'jsonl' | 'csv';
  /** Whether links of left-out events are asked for. */
  readonly links: boolean;
};

/** What a download holds: everything that the filter lets through, up to the event of the download itself. */
export type EventDownload = {
  readonly filter: EventFilter;
  /** The filters by their names on the wire, harmless texts only: what is pasted in by mistake is not kept (A3). */
  readonly asked: Readonly<Record<string, string>>;
  /** Only for those who read everything: links tell how much goes on besides one's own. */
  readonly hasLinks: boolean;
};

/** One event, or the bare link of one that is left out. */
export type ExportPiece =
  | { readonly kind: 'event'; readonly stored: StoredEvent }
  | { readonly kind: 'link'; readonly link: NumberedLink };

/** Records that the log is downloaded, before anybody has a byte of it (A2, A5). Its own event is the last that it holds. */
export function downloadEvents(
  deps: Pick<CommandDeps, 'change'>,
  context: CommandContext,
  input: DownloadEventsInput,
): CommandOutcome<EventDownload> {
  return changeAs(deps, context, async ({ user, account }, change) => {
    const { format, links, ...narrower } = input;
    const isAll = isAdministrative(user.userType);
    const asked = askedFilters(narrower);
    change.record({
      name: 'audit_log.downloaded',
      affectedUserId: user.id,
      resourceId: account.id,
      keyKind: null,
      changes: [
        { attribute: 'format', old: null, new: format },
        { attribute: 'filters', old: null, new: asked },
      ],
      result: 'success',
    });
    const filter = { ...narrower, accountId: account.id, visibleTo: isAll ? null : user.id };
    return ok({ filter, asked, hasLinks: isAll && links && format === 'jsonl' });
  });
}

/**
 * The pieces of a download in version order, read page by page: nothing waits for a slow reader, and memory holds one page.
 * Whoever may no longer read gets no further page: the file then ends without its end.
 */
export async function* exportPieces(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  { download, head }: { readonly download: EventDownload; readonly head: Pick<ChainHead, 'version'> },
): AsyncGenerator<readonly ExportPiece[]> {
  const read = download.hasLinks ? linkedPage : plainPage;
  let after = 0;
  while (after < head.version) {
    const page = await read(deps, context, { filter: download.filter, after, upTo: head.version });
    if (!page.ok) throw new Error(`a download was ended: ${page.refusal.kind}`);
    yield page.value.pieces;
    after = page.value.after;
  }
}

type PageRequest = { readonly filter: EventFilter; readonly after: number; readonly upTo: number };
type ExportPage = { readonly pieces: readonly ExportPiece[]; readonly after: number };

function plainPage(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  { filter, after, upTo }: PageRequest,
): Promise<Result<ExportPage, Refusal>> {
  return readAs(deps, context, async (_acting, reader) => {
    const events = await reader.events.inOrder(filter, { after, upTo, limit: EXPORT_STRETCH });
    const last = events.at(-1);
    const isEnd = last === undefined || events.length < EXPORT_STRETCH;
    const pieces = events.map((stored) => ({ kind: 'event', stored }) as const);
    return ok({ pieces, after: isEnd ? upTo : last.event.version });
  });
}

function linkedPage(
  deps: Pick<CommandDeps, 'read'>,
  context: CommandContext,
  { filter, after, upTo }: PageRequest,
): Promise<Result<ExportPage, Refusal>> {
  return readAs(deps, context, async (_acting, reader) => {
    const links = await reader.events.links({ after, upTo, limit: EXPORT_STRETCH });
    const end = links.at(-1)?.version ?? upTo;
    const events = await reader.events.inOrder(filter, { after, upTo: end, limit: EXPORT_STRETCH });
    const shown = new Map(events.map((stored) => [stored.event.version, stored]));
    const pieces = links.map((link): ExportPiece => {
      const stored = shown.get(link.version);
      return stored === undefined ? { kind: 'link', link } : { kind: 'event', stored };
    });
    return ok({ pieces, after: end });
  });
}

function askedFilters(input: Omit<ListEventsInput, 'page'>): Readonly<Record<string, string>> {
  const { eventName, actorId, resourceId, keyId, result, from, to } = input;
  const texts = { event_name: eventName, actor_id: actorId, resource_id: resourceId, key_id: keyId, result };
  const times = { from, to };
  return Object.fromEntries([
    ...Object.entries(texts).flatMap(([name, text]) => (text === undefined ? [] : [[name, harmless(text)]])),
    ...Object.entries(times).flatMap(([name, at]) => (at === undefined ? [] : [[name, formatInstant(at)]])),
  ]) as Readonly<Record<string, string>>;
}

/** Names of events and ids of things: no key text or token is either. */
const HARMLESS = /^(?:[a-z]+(?:[._-][a-z]+)*|[a-z]{2,5}_[0-9A-Za-z]{12,16})$/;
const HARMLESS_LONGEST = 60;

function harmless(text: string): string {
  return text.length <= HARMLESS_LONGEST && HARMLESS.test(text) ? text : '[neither a name nor an id]';
}
