import type { Claviger } from './claviger-process.ts';
import { connectRaw } from './raw-connection.ts';

/** One keep-alive connection to the control plane: its answers are known the moment their last byte is here. */
export type ControlConnection = {
  /** Makes a call that must succeed; throws with the problem when it does not. */
  call<T>(method: string, path: string, body?: unknown): Promise<T>;
  close(): void;
};

/** Opens a connection that sends these headers with every call; one that the server closed while idle is opened again. */
export async function openControlConnection(
  claviger: Claviger,
  headers: Readonly<Record<string, string>>,
): Promise<ControlConnection> {
  let connection = await connectRaw(claviger.ports.control);
  const always = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return {
    call: async <T>(method: string, path: string, body?: unknown): Promise<T> => {
      if (!connection.isOpen()) connection = await connectRaw(claviger.ports.control);
      const text = body === undefined ? '' : JSON.stringify(body);
      const type = body === undefined ? '' : 'Content-Type: application/json\r\n';
      const length = `Content-Length: ${Buffer.byteLength(text)}\r\n`;
      const host = `Host: 127.0.0.1:${claviger.ports.control}\r\n`;
      connection.send(`${method} ${path} HTTP/1.1\r\n${host}${always.join('')}${type}${length}\r\n${text}`);
      const answer = await connection.answer();
      if (answer === null) throw new Error(`${method} ${path}: the control plane closed the connection`);
      if (answer.status >= 300) throw new Error(`${method} ${path} answered ${answer.status}: ${answer.body}`);
      return (answer.body === '' ? null : JSON.parse(answer.body)) as T;
    },
    close: () => connection.close(),
  };
}
