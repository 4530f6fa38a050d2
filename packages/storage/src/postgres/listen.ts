import { Client, type ClientConfig } from 'pg';
import { createWake } from '../wake.ts';

/** The channel on which nodes wake each other. It carries no facts: the rows are the truth (D2). */
export const WAKE_CHANNEL = 'claviger_feed';

/** Hears of other nodes' commits. */
export type Listener = {
  onWake(listener: () => void): () => void;
  /** Connects again when the connection was lost; called with every read, so that no timer is needed. Never waits. */
  keepListening(): void;
  close(): Promise<void>;
};

/** Listens on a connection of its own. When it is lost, readers find out by asking; nothing depends on it. */
export function createListener(config: ClientConfig): Listener {
  const wake = createWake(() => undefined);
  let state: 'idle' | 'connecting' | 'listening' | 'closed' = 'idle';
  let client: Client | null = null;
  const lost = (which: Client): void => {
    if (client !== which) return;
    client = null;
    if (state !== 'closed') state = 'idle';
    which.end().catch(() => undefined);
  };
  const connect = async (): Promise<void> => {
    const made = new Client(config);
    client = made;
    made.on('error', () => lost(made));
    made.on('end', () => lost(made));
    made.on('notification', wake.wake);
    try {
      await made.connect();
      await made.query(`listen ${WAKE_CHANNEL}`);
      if (client !== made) return;
      state = 'listening';
      // Something may have happened while nobody listened.
      wake.wake();
    } catch {
      // The next read tries again; whoever reads hears of a database that is away.
      lost(made);
    }
  };
  return {
    onWake: wake.listen,
    keepListening: () => {
      if (state !== 'idle') return;
      state = 'connecting';
      void connect();
    },
    close: async () => {
      state = 'closed';
      const last = client;
      client = null;
      await last?.end().catch(() => undefined);
    },
  };
}
