import { formatInstant, newMailId } from '@claviger/core';
import { simpleParser } from 'mailparser';
import { expect, test } from 'vitest';
import { START } from '../commands/testing/scene.ts';
import type { MailMessage } from './messages.ts';
import { withSamples } from './testing/open-samples.ts';
import { draftOf, sampleOf } from './testing/sample-mails.ts';
import { answerText } from './transport.ts';

const HOSTILE = [
  'Ann\r\nBcc: thief@evil.example\r\n\r\n<h1>hi</h1>',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '</title></style><a href="https://evil.example">x</a>',
  '=?utf-8?q?=0D=0ABcc:_x@evil.example?=',
  'O\'Brien & Söhne <ops@evil.example>, "quoted" \\ ; ,',
  '\u202Eevil\u2028next\u0000end',
  '名前 🔑 ключ مفتاح',
  '\uD800 half',
  'x'.repeat(200),
];

/** Every mail that names somebody or something, with a name wherever one can stand. */
function messagesWith(name: string): readonly MailMessage[] {
  const key = { id: 'key_AAAAAAAAAAAA' as never, name, kind: 'master', hint: name } as const;
  const at = formatInstant(START);
  return [
    { template: 'keys_reassigned', facts: { formerOwner: name, by: name, isWidened: true, keys: [key] } },
    { template: 'key_self_revoked', facts: { key, outcome: 'key-ended', at } },
    {
      template: 'keys_idle',
      facts: { days: 9, action: 'disable', disablesFrom: null, count: 2, keys: [{ ...key, ownerName: name }] },
    },
    { template: 'user_type_changed', facts: { to: 'administrator', by: name, disabledKeys: [key] } },
    {
      template: 'mail_failed',
      facts: { mailId: newMailId(() => new Uint8Array(20)), recipient: name, subject: name, answer: name },
    },
  ];
}

test('whatever a name holds, it stays a name: in the header, in the text, in the HTML (Q25)', () =>
  withSamples(async (scene) => {
    for (const name of HOSTILE) {
      for (const message of messagesWith(name)) {
        const { bytes, worded } = await sampleOf(scene, name, draftOf(scene, message));
        const parsed = await simpleParser(bytes);
        expect(parsed.bcc).toBeUndefined();
        expect(parsed.to).toMatchObject({ text: 'rita@northwind.example' });
        expect(parsed.subject).toBe(worded.subject);
        expect(worded.subject).not.toMatch(/[\r\n\0\u2028]/);
        expect(worded.html).not.toMatch(/<(?:script|img)|onerror=[^&]*>$|evil\.example"/m);
        expect(new Set(worded.html.match(/<\/?[a-z0-9]+/gi))).toEqual(TAGS_OF.get(message.template) ?? TAGS);
        expect(
          bytes
            .toString('latin1')
            .split('\r\n')
            .every((line) => line.length <= 998),
        ).toBe(true);
      }
    }
  }));

const TAGS_BASE =
  '<html <head <meta <title </title <style </style </head <body <table <tr <td </td </tr </table </body </html <h1 </h1 <bdi </bdi <br <a </a <div </div <p </p';
const TAGS: ReadonlySet<string> = new Set(TAGS_BASE.split(' '));
const WITH_STEPS: ReadonlySet<string> = new Set([...TAGS, '<ol', '</ol', '<li', '</li']);
const TAGS_OF = new Map<string, ReadonlySet<string>>([
  ['key_self_revoked', WITH_STEPS],
  ['mail_failed', new Set([...WITH_STEPS].filter((tag) => !/div/.test(tag)))],
]);

test('a name of plain letters comes back exactly, from both parts (Q25)', () =>
  withSamples(async (scene) => {
    const name = '名前 🔑 “ключ” & مفتاح <x>';
    for (const message of messagesWith(name).slice(0, 4)) {
      const { bytes } = await sampleOf(scene, name, draftOf(scene, message));
      const parsed = await simpleParser(bytes);
      expect(parsed.text).toContain(name);
      const shown = String(parsed.html).replaceAll(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code)));
      expect(shown).toContain(name);
    }
  }));

test('an answer of a mail server is kept on one line, short, and without what may be the token of a link', () => {
  const token = 'EB55wdlBiLK16N6E1kHLEiOMm-nQrmCWfC2BJcTrTdg';
  const text = answerText(`554 5.7.1 blocked:\r\n https://keys.example/invitation#${token}\u0000 ${'no '.repeat(400)}`);
  expect(text).not.toContain(token);
  expect(text).toMatch(/^554 5\.7\.1 blocked: https:\/\/keys\.example\/invitation#… no /);
  expect(text.length).toBeLessThanOrEqual(500);
});
