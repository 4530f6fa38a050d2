const TABLE = makeTable();

function makeTable(): Int32Array {
  const table = new Int32Array(256);
  for (let byte = 0; byte < 256; byte += 1) {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    table[byte] = value;
  }
  return table;
}

/** CRC-32 (ISO 3309, as in zip and PNG) of the first `end` characters of an ASCII text, as an unsigned number. */
export function crc32(text: string, end: number): number {
  let value = -1;
  for (let index = 0; index < end; index += 1) {
    value = (TABLE[(value ^ text.charCodeAt(index)) & 0xff] as number) ^ (value >>> 8);
  }
  return (value ^ -1) >>> 0;
}
