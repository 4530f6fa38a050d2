import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** What a program did to a file, in the order of its system calls. */
export type DiskOperation =
  | { readonly kind: 'write'; readonly file: string; readonly offset: number; readonly bytes: Buffer }
  | { readonly kind: 'truncate'; readonly file: string; readonly size: number }
  | { readonly kind: 'sync'; readonly file: string }
  | { readonly kind: 'delete'; readonly file: string }
  /** The program told its client that this change, and all before it, are done. */
  | { readonly kind: 'acknowledge'; readonly number: number };

/** How strace has to be started for `readDiskTrace`: whole data, in hex, with the path behind every descriptor. */
export const STRACE_ARGUMENTS = [
  '-y',
  '-xx',
  '-s',
  '10000000',
  '-e',
  'trace=pwrite64,write,ftruncate,fsync,fdatasync,unlink',
];

const CALL = /^(?<call>\w+)\((?:\d+<(?<path>[^>]*)>)?(?:(?:, )?"(?<data>[^"]*)")?(?:, (?<numbers>[\d, ]+))?\)\s+= \d/;

/** Reads what strace wrote: the operations on the files of one folder, and the acknowledgements. */
export function readDiskTrace(traceFile: string, folder: string): readonly DiskOperation[] {
  return readFileSync(traceFile, 'latin1')
    .split('\n')
    .flatMap((line) => {
      const { call = '', path = '', data = '', numbers = '' } = CALL.exec(line)?.groups ?? {};
      const name = bytesOf(call === 'unlink' ? data : path).toString('utf8');
      if (!name.startsWith(`${folder}/`)) return [];
      const operation = operationOf(call, basename(name), {
        bytes: bytesOf(data),
        numbers: numbers.split(', ').map(Number),
      });
      return operation === null ? [] : [operation];
    });
}

function operationOf(
  call: string,
  file: string,
  { bytes, numbers }: { readonly bytes: Buffer; readonly numbers: readonly number[] },
): DiskOperation | null {
  if (file === 'acknowledged') return { kind: 'acknowledge', number: Number(bytes.toString()) };
  switch (call) {
    case 'pwrite64':
      return { kind: 'write', file, bytes, offset: numbers[1] ?? 0 };
    case 'write':
      throw new Error(`${file} is written at an offset that the trace does not show`);
    case 'ftruncate':
      return { kind: 'truncate', file, size: numbers[0] ?? 0 };
    case 'unlink':
      return { kind: 'delete', file };
    default:
      return call.endsWith('sync') ? { kind: 'sync', file } : null;
  }
}

/** With `-xx` strace writes every byte of a text as `\x41`, those of paths too. */
function bytesOf(text: string): Buffer {
  return text.startsWith('\\x') ? Buffer.from(text.replaceAll('\\x', ''), 'hex') : Buffer.from(text, 'latin1');
}
