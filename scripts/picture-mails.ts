import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { simpleParser } from 'mailparser';
import { chromium } from 'playwright-core';

/** Pixels. A window of a mail reader, a little wider than a mail. */
const WIDTH = 680;
const FOLDER = join(import.meta.dirname, '../docs/mails');
const CHROMIUM = '/usr/bin/chromium';
const FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking'];

// Draws the HTML part of each sample mail in light and dark: node scripts/picture-mails.ts
const browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
for (const name of readdirSync(FOLDER).filter((file) => file.endsWith('.eml'))) {
  const { html } = await simpleParser(readFileSync(join(FOLDER, name)));
  for (const colorScheme of ['light', 'dark'] as const) {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 400 }, colorScheme });
    await page.setContent(String(html));
    await page.screenshot({ path: join(FOLDER, name.replace(/\.eml$/, `-${colorScheme}.png`)), fullPage: true });
    await page.close();
  }
}
await browser.close();
