import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ParsedMail, simpleParser } from 'mailparser';
import { beforeAll, describe, expect, test } from 'vitest';
import { withSamples } from './testing/open-samples.ts';
import { type SampleMail, sampleMails } from './testing/sample-mails.ts';

const FOLDER = join(import.meta.dirname, '../../../../docs/mails');

let samples: readonly (SampleMail & { readonly parsed: ParsedMail })[] = [];
beforeAll(async () => {
  const made = await withSamples(sampleMails);
  samples = await Promise.all(made.map(async (sample) => ({ ...sample, parsed: await simpleParser(sample.bytes) })));
});

describe('the sample mails of the documentation', () => {
  test('are all there and up to date: run write-samples.ts when the words change', () => {
    const stored = readdirSync(FOLDER).filter((name) => name.endsWith('.eml'));
    expect(stored.toSorted()).toEqual(samples.map(({ name }) => `${name}.eml`).toSorted());
    for (const { name, bytes } of samples) {
      expect(readFileSync(join(FOLDER, `${name}.eml`), 'utf8'), name).toBe(bytes.toString('utf8'));
    }
  });

  test('have a picture each, in light and dark, of less than 100 kB', () => {
    for (const { name } of samples) {
      for (const scheme of ['light', 'dark']) {
        const { length } = readFileSync(join(FOLDER, `${name}-${scheme}.png`));
        expect(length, name).toBeLessThan(100_000);
      }
    }
  });
});

describe('every mail', () => {
  test('comes from this installation, is sent by a program, and has one Message-ID made from its id (R4)', () => {
    for (const { parsed, name } of samples) {
      expect(parsed.from?.text, name).toBe('"Claviger" <claviger@keys.northwind.example>');
      expect(parsed.messageId).toMatch(/^<mail_[0-9A-Za-z]{20}@keys\.northwind\.example>$/);
      expect(parsed.headers.get('auto-submitted')).toBe('auto-generated');
      expect(parsed.date?.toISOString()).toBe('2026-11-23T12:10:00.000Z');
      expect(parsed.headers.has('x-mailer')).toBe(false);
    }
  });

  test('arrives as it was worded, in both parts', () => {
    for (const { parsed, worded } of samples) {
      expect(parsed.subject).toBe(worded.subject);
      expect(parsed.text?.trim()).toBe(worded.text.trim());
      expect(String(parsed.html).trim()).toBe(worded.html.trim());
    }
  });

  test('says in its text part everything that its HTML part says', () => {
    for (const { worded, name } of samples) {
      const text = plain(worded.text);
      for (const piece of piecesOf(worded.html)) expect(text, name).toContain(piece);
    }
  });

  test('loads nothing, runs nothing, says what language it is in, and fits 600 px', () => {
    for (const { worded } of samples) {
      expect(worded.html).not.toMatch(/<(?:script|img|link|iframe|object|form|svg)|url\(|@import|src=|javascript:/i);
      expect(worded.html).toContain('<html lang="en">');
      expect(worded.html).toContain('max-width:600px');
      expect([...worded.html.matchAll(/href="([^"]*)"/g)].every(([, url]) => url?.startsWith('https://keys.'))).toBe(
        true,
      );
    }
  });

  test('carries no secret but the link of an invitation or a password reset, which opens it (U2, U7)', () => {
    for (const { worded, template } of samples) {
      const tokens = `${worded.text}${worded.html}`.match(/(?<![\w-])[\w-]{43}(?![\w-])/g) ?? [];
      expect(new Set(tokens).size, template).toBe(['invitation', 'password_reset'].includes(template) ? 1 : 0);
    }
    const invitation = samples.find(({ template }) => template === 'invitation');
    expect(invitation?.worded.text).toMatch(/\nhttps:\/\/keys\.northwind\.example\/invitation#[\w-]{43}\n/);
    const reset = samples.find(({ template }) => template === 'password_reset');
    expect(reset?.worded.text).toMatch(/\nhttps:\/\/keys\.northwind\.example\/password-reset#[\w-]{43}\n/);
  });
});

function plain(text: string): string {
  return text.replaceAll(/\s+/g, ' ');
}

/** The texts between the tags, as people read them. */
function piecesOf(html: string): readonly string[] {
  const body = html.slice(html.indexOf('<body'));
  return body
    .split(/<[^>]*>/)
    .map((piece) => plain(piece.replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)))).trim())
    .filter((piece) => piece !== '' && piece !== 'Claviger for');
}
