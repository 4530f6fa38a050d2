import { type Breach, reportBreaches } from './breach.ts';
import { findBrokenLinks } from './docs/links.ts';
import { findProblemPageGaps } from './docs/problem-pages.ts';
import { findRefusedText } from './docs/refused-text.ts';
import { findUnlistedReveals } from './docs/revealed-secrets.ts';
import { REPOSITORY } from './source-files.ts';

/** Holds the documents against the code: links, problem pages, refused texts, places that reveal a secret. */
export async function checkDocs(root: string): Promise<readonly Breach[]> {
  return [
    ...findBrokenLinks(root),
    ...(await findProblemPageGaps(root)),
    ...findRefusedText(root),
    ...findUnlistedReveals(root),
  ];
}

if (import.meta.main) reportBreaches('docs', await checkDocs(REPOSITORY));
