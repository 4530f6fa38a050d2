import type { Block, Entry, MailWords } from './mail-words.ts';

/**
 * The HTML part: one column of at most 600 px made of tables, styles inline because many readers drop all others, no image,
 * no script, nothing from elsewhere. Dark colours come from a style sheet, where a reader obeys one.
 */
export function htmlOf(words: MailWords): string {
  const { heading, blocks, reason, accountName, origin } = words;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escaped(words.subject)}</title>
<style>${DARK}</style>
</head>
<body class="page" style="margin:0;padding:0;background-color:#f3f5f8;">
<table role="presentation" class="page" width="100%" cellpadding="0" cellspacing="0" border="0" style="background-color:#f3f5f8;">
<tr><td align="center" style="padding:24px 12px;">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="max-width:600px;">
<tr><td class="faint" style="${FONT}padding:0 8px 12px;font-size:14px;font-weight:600;color:#566173;">Claviger</td></tr>
<tr><td class="card" style="${FONT}padding:32px;background-color:#ffffff;border:1px solid #dce1e8;border-radius:10px;">
<h1 class="ink" style="${FONT}margin:0 0 20px;font-size:22px;line-height:30px;font-weight:650;color:#182230;${BREAKS}">${value(heading)}</h1>
${blocks.map(blockHtml).join('\n')}
</td></tr>
<tr><td class="faint" style="${FONT}padding:16px 8px 0;font-size:13px;line-height:20px;color:#566173;${BREAKS}">
${value(reason)}<br>
Claviger for ${value(accountName)}: <a class="link" href="${escaped(origin)}" style="color:#1d56b0;">${escaped(origin)}</a>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`;
}

const FONT = 'font-family:-apple-system,BlinkMacSystemFont,Segoe UI,Roboto,Helvetica,Arial,sans-serif;';
const MONO = 'font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;';
/** Names may be 200 characters without a space. */
const BREAKS = 'overflow-wrap:anywhere;word-break:break-word;';
const BODY = `${FONT}margin:0 0 16px;font-size:16px;line-height:25px;color:#182230;${BREAKS}`;
const DARK = `@media (prefers-color-scheme:dark){
.page{background-color:#12161c!important}
.card{background-color:#1b212a!important;border-color:#353e4b!important}
.ink{color:#e9edf2!important}
.faint{color:#a9b3c1!important}
.line{border-color:#353e4b!important}
.link{color:#8db7ff!important}
.quote{background-color:#232b36!important;color:#e9edf2!important}
.button{background-color:#8db7ff!important}
.button a{color:#10203a!important}
}`;

function blockHtml(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p class="ink" style="${BODY}">${value(block.text)}</p>`;
    case 'note':
      return `<p class="faint" style="${FONT}margin:0 0 12px;font-size:14px;line-height:21px;color:#566173;${BREAKS}">${value(block.text)}</p>`;
    case 'quotation':
      return `<p class="quote" style="${MONO}margin:0 0 16px;padding:12px 14px;background-color:#f3f5f8;border-radius:6px;font-size:14px;line-height:21px;color:#182230;${BREAKS}">${value(block.text)}</p>`;
    case 'steps':
      return `<ol class="ink" style="${BODY}padding:0 0 0 22px;">${block.steps.map((step) => `<li style="margin:0 0 6px;">${value(step)}</li>`).join('')}</ol>`;
    case 'link':
      return linkHtml(block.label, block.url);
    case 'list':
      return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 20px;">
${block.entries.map(entryHtml).join('\n')}
</table>`;
  }
}

/** The address stands below the button too: readers that show no buttons, and people who look before they open. */
function linkHtml(label: string, url: string): string {
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:4px 0 12px;">
<tr><td class="button" style="background-color:#1d56b0;border-radius:6px;"><a href="${escaped(url)}" style="${FONT}display:inline-block;padding:12px 20px;font-size:16px;font-weight:600;color:#ffffff;text-decoration:none;">${value(label)}</a></td></tr>
</table>
<p class="faint" style="${FONT}margin:0 0 16px;font-size:13px;line-height:20px;color:#566173;word-break:break-all;">${escaped(url)}</p>`;
}

function entryHtml({ title, detail, note }: Entry): string {
  const more =
    note === null
      ? ''
      : `\n<div class="ink" style="${FONT}font-size:14px;line-height:21px;color:#182230;">${value(note)}</div>`;
  return `<tr><td class="line" style="padding:12px 0;border-top:1px solid #dce1e8;${BREAKS}">
<div class="ink" style="${FONT}font-size:16px;line-height:24px;font-weight:600;color:#182230;">${value(title)}</div>
<div class="faint" style="${FONT}font-size:14px;line-height:21px;color:#566173;">${value(detail)}</div>${more}
</td></tr>`;
}

/** Text that may hold what somebody chose: it is never markup, and a name written from right to left turns nothing else around. */
function value(text: string): string {
  return `<bdi>${escaped(text)}</bdi>`;
}

function escaped(text: string): string {
  return text.toWellFormed().replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
