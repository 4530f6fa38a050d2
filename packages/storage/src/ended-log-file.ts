import { Buffer } from 'node:buffer';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { dirname } from 'node:path';

/** A file that only grows, by whole lines. */
export type LogFile = {
  /** Everything up to the last whole line. */
  readAll(): Promise<string>;
  /** Adds lines and waits until they are on disk. A throw leaves the file as it was, whatever a half write has left behind it. */
  appendSynced(lines: string): Promise<void>;
  close(): Promise<void>;
};

/** Opens or makes the file and cuts off a last line without an end. */
export async function openLogFile(path: string): Promise<LogFile> {
  const handle = await open(path, constants.O_RDWR | constants.O_CREAT, 0o600);
  try {
    await syncFolder(dirname(path));
    return await logFile(handle);
  } catch (error) {
    await handle.close();
    throw error;
  }
}

async function logFile(handle: FileHandle): Promise<LogFile> {
  let end = await cutTornLine(handle);
  return {
    readAll: async () => {
      const bytes = Buffer.alloc(end);
      await readFully(handle, bytes);
      return bytes.toString('utf8');
    },
    appendSynced: async (lines) => {
      const bytes = Buffer.from(lines);
      // At a kept place: what a failed write has left half done is written over by the next one, which begins with the same lines.
      for (let done = 0; done < bytes.length; ) {
        const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, end + done);
        done += bytesWritten;
      }
      await handle.datasync();
      end += bytes.length;
    },
    close: () => handle.close(),
  };
}

async function cutTornLine(handle: FileHandle): Promise<number> {
  const bytes = await handle.readFile();
  const end = bytes.lastIndexOf(0x0a) + 1;
  if (end < bytes.length) {
    await handle.truncate(end);
    await handle.sync();
  }
  return end;
}

async function readFully(handle: FileHandle, into: Buffer): Promise<void> {
  for (let done = 0; done < into.length; ) {
    const { bytesRead } = await handle.read(into, done, into.length - done, done);
    if (bytesRead === 0) throw new Error('the log of ended keys has become shorter');
    done += bytesRead;
  }
}

/** A new file is only there for good once its folder is on disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, constants.O_RDONLY);
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
