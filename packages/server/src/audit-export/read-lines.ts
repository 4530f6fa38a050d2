/** Bytes. Longer lines are no lines of a download: an event is bounded by what requests may carry. */
const LINE_LONGEST = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** Splits a file into lines, by line feeds alone; what stands behind the last one is a line as well. */
export async function readLines(chunks: AsyncIterable<Uint8Array>, onLine: (line: Uint8Array) => void): Promise<void> {
  let rest: Uint8Array = new Uint8Array();
  for await (const chunk of chunks) {
    const bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    let from = 0;
    for (let at = bytes.indexOf(LINE_FEED); at !== -1; at = bytes.indexOf(LINE_FEED, from)) {
      onLine(bytes.subarray(from, at));
      from = at + 1;
    }
    rest = bytes.subarray(from);
    if (rest.length <= LINE_LONGEST) continue;
    onLine(rest);
    rest = new Uint8Array();
  }
  if (rest.length > 0) onLine(rest);
}
