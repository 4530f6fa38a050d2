/** A row of a table: its cells by the header of their column, and its line in the text, counted from 1. */
export type Row = { readonly cells: { readonly [header: string]: string }; readonly line: number };

/** A table of a Markdown text. */
export type Table = { readonly headers: readonly string[]; readonly rows: readonly Row[] };

/** Reads all tables of a Markdown text; a `\|` inside a cell is part of its text. */
export function parseTables(markdown: string): readonly Table[] {
  const lines = markdown.split('\n');
  return lines.flatMap((line, index) => {
    const isHeader = line.startsWith('|') && /^\|[\s:|-]+\|\s*$/.test(lines[index + 1] ?? '');
    return isHeader ? [{ headers: splitRow(line), rows: rowsBelow(lines, index) }] : [];
  });
}

function rowsBelow(lines: readonly string[], header: number): readonly Row[] {
  const headers = splitRow(lines[header] ?? '');
  const rows: Row[] = [];
  for (let index = header + 2; lines[index]?.startsWith('|') === true; index += 1) {
    const texts = splitRow(lines[index] ?? '');
    rows.push({
      cells: Object.fromEntries(headers.map((name, column) => [name, texts[column] ?? ''])),
      line: index + 1,
    });
  }
  return rows;
}

/** Cuts a row into its cells, without the spaces around them. */
export function splitRow(line: string): readonly string[] {
  return line
    .trim()
    .replaceAll(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim());
}
