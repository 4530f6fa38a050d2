import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { writeAtomically } from '../data-folder/write-atomically.ts';
import type { Log } from '../logs.ts';
import { answerText, type ComposedMail, type Delivery, type MailTransport } from './transport.ts';

/** Writes mails to files that only their owner may read, where there is no mail server. The log names recipient and file only. */
export function fileTransport(folder: string, log: Pick<Log, 'info'>): MailTransport {
  return {
    open: () => ({ deliver: async (mail) => write(folder, mail, log), close: () => undefined, cut: () => undefined }),
  };
}

function write(folder: string, mail: ComposedMail, log: Pick<Log, 'info'>): Delivery {
  const file = join(folder, `${mail.id}.eml`);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    chmodSync(folder, 0o700);
    writeAtomically(file, mail.bytes);
  } catch (fault) {
    return { kind: 'unreachable', answer: answerText(fault instanceof Error ? fault.message : String(fault)) };
  }
  log.info({ recipient: mail.recipient, file }, 'a mail was written to a file');
  return { kind: 'accepted', answer: `written to ${file}` };
}
