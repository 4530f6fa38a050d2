import { readdirSync, readFileSync } from 'node:fs';

/** The processes whose environment or command line holds a text, by id. */
export function processesWith(text: string): readonly number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((id) => ['environ', 'cmdline'].some((file) => contentOf(`/proc/${id}/${file}`).includes(text)))
    .map(Number);
}

/** Empty when the process has ended meanwhile. */
function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}
