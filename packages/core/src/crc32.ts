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

/** The register before the first character. */
export const CRC32_START = -1;

/** Takes one more character into the register; a caller that walks a text anyway saves a second walk. */
export function addToCrc32(register: number, asciiCode: number): number {
  return (TABLE[(register ^ asciiCode) & 0xff] as number) ^ (register >>> 8);
}

/** What a register stands for, as an unsigned number. */
export function finishCrc32(register: number): number {
  return (register ^ -1) >>> 0;
}

/** CRC-32 (ISO 3309, as in zip and PNG) of the first `end` characters of an ASCII text, as an unsigned number (K6). */
export function crc32(text: string, end: number): number {
  let register = CRC32_START;
  for (let index = 0; index < end; index += 1) register = addToCrc32(register, text.charCodeAt(index));
  return finishCrc32(register);
}
