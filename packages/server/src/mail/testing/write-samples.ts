import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withSamples } from './open-samples.ts';
import { sampleMails } from './sample-mails.ts';

/** Where the samples of the documentation lie. */
const FOLDER = join(import.meta.dirname, '../../../../../docs/mails');

// Run it after changing the words or the looks of a mail: node packages/server/src/mail/testing/write-samples.ts
await withSamples(async (scene) => {
  for (const { name, bytes } of await sampleMails(scene)) writeFileSync(join(FOLDER, `${name}.eml`), bytes);
});
