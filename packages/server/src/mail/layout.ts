import { htmlOf } from './layout-html.ts';
import type { Block, Entry, MailWords } from './mail-words.ts';

/** A mail as it is read: the text part says everything that the HTML part does. */
export type WordedMail = { readonly subject: string; readonly text: string; readonly html: string };

/** Characters. Names in a subject are cut here; the body has them whole. */
const SUBJECT_NAME_LONGEST = 60;

/** Renders both parts from the same words. */
export function renderMail(words: MailWords): WordedMail {
  // A name that looks like an encoded word (RFC 2047) would be decoded by readers, line breaks and all.
  const subject = onOneLine(words.subject).replaceAll('=?', '= ?');
  return { subject, text: textOf(words), html: htmlOf(words) };
}

/** A name as a subject shows it. */
export function shortName(name: string): string {
  const characters = Array.from(onOneLine(name));
  if (characters.length <= SUBJECT_NAME_LONGEST) return characters.join('');
  return `${characters.slice(0, SUBJECT_NAME_LONGEST - 1).join('')}…`;
}

/** Nothing that somebody chose may begin a line of a header, or draw lines of its own in the text part. */
function onOneLine(text: string): string {
  return text.toWellFormed().replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

function textOf(words: MailWords): string {
  const { heading, blocks, reason, accountName, origin } = words;
  const parts = [onOneLine(heading), ...blocks.map(blockText)];
  const footer = `-- \n${onOneLine(reason)}\nClaviger for ${onOneLine(accountName)}: ${origin}`;
  return `${[...parts, footer].join('\n\n')}\n`;
}

function blockText(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
    case 'note':
      return onOneLine(block.text);
    case 'quotation':
      return `> ${onOneLine(block.text)}`;
    case 'steps':
      return block.steps.map((step, index) => `${index + 1}. ${onOneLine(step)}`).join('\n');
    case 'link':
      return `${onOneLine(block.label)}:\n${block.url}`;
    case 'list':
      return block.entries.map(entryText).join('\n');
  }
}

function entryText({ title, detail, note }: Entry): string {
  const lines = [`* ${onOneLine(title)}`, `  ${onOneLine(detail)}`, ...(note === null ? [] : [`  ${onOneLine(note)}`])];
  return lines.join('\n');
}
