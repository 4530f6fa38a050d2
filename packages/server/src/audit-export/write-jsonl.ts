import { createHash } from 'node:crypto';
import type { ChainHead } from '@claviger/core';
import type { ExportPiece } from '../commands/download-events.ts';
import type { LogSigner } from '../store-deps.ts';
import { endLine, type ExportHeader, eventLine, headerLine, linkLine } from './lines.ts';

/** A log as JSON lines that the public key alone proves (A4, A5); a chunk of text for each page. */
export async function* writeJsonl(
  signer: LogSigner,
  { header, head }: { readonly header: ExportHeader; readonly head: ChainHead },
  pages: AsyncIterable<readonly ExportPiece[]>,
): AsyncGenerator<string> {
  const digest = createHash('sha256');
  let events = 0;
  const lineOf = (piece: ExportPiece): string => {
    if (piece.kind === 'link') return linkLine(piece.link);
    events += 1;
    return eventLine(piece.stored, events);
  };
  const begin = `${headerLine(header)}\n`;
  digest.update(begin);
  yield begin;
  for await (const pieces of pages) {
    const text = pieces.map((piece) => `${lineOf(piece)}\n`).join('');
    digest.update(text);
    if (text !== '') yield text;
  }
  const end = { head, events, sha256: digest.digest('hex'), public_key_id: signer.publicKeyId };
  yield `${endLine(end, (text) => signer.sign(text))}\n`;
}
