import { formatInstant, GENESIS_HASH } from '@claviger/core';
import { writeCsv } from '../../audit-export/write-csv.ts';
import { writeJsonl } from '../../audit-export/write-jsonl.ts';
import { downloadEvents, exportPieces } from '../../commands/download-events.ts';
import { downloading, type Implementation } from '../call.ts';
import { eventFilterOf } from './list-audit-events.ts';

/** `GET /v1/audit-events/export` (A2, A5). */
export const exportAuditEventsRoute: Implementation<'export_audit_events'> = downloading({
  run: async ({ commands }, { context, query, incoming }) => {
    const { format } = query;
    const asked = { ...eventFilterOf(query), format, links: query.links === 'true' };
    const outcome = await downloadEvents(commands, context, asked);
    if (!outcome.ok) return outcome;
    const { value: download, entries } = outcome.value;
    const last = entries.at(-1);
    if (last === undefined) throw new Error('a download without its event');
    const head = { epoch: last.epoch, version: last.n, hash: last.hash };
    const pages = exportPieces(commands, context, { download, head });
    const { filter, hasLinks } = download;
    const time = formatInstant(incoming.now);
    const after = { version: 0, hash: GENESIS_HASH };
    const header = { account_id: filter.accountId, time, filters: download.asked, has_links: hasLinks, after };
    const isCsv = format === 'csv';
    const file = {
      name: `audit-log-${time.replaceAll(/[-:]|\.\d+/g, '')}.${format}`,
      mediaType: isCsv ? 'text/csv; charset=utf-8; header=present' : 'application/jsonl',
      chunks: isCsv ? writeCsv(pages) : writeJsonl(commands.signer, { header, head }, pages),
    };
    return { ok: true, value: { file, version: outcome.value.version } };
  },
});
