import type { DecisionObject } from '@claviger/contract';
import type { Claviger } from './claviger-process.ts';
import { connectRaw, type RawConnection } from './raw-connection.ts';

/** What is asked about a presented key. */
export type Asked = {
  readonly key: string;
  readonly operation?: string;
  readonly resource?: string;
  readonly authenticate_only?: true;
  readonly ip?: string;
  readonly origin?: string;
  readonly min_version?: string;
};

/** One keep-alive connection to the verify endpoint, on which one question follows the other. */
export type VerifyConnection = {
  /** Sends a prepared question; the bytes are on their way when this returns. */
  ask(question: Buffer): Promise<DecisionObject>;
  close(): void;
};

/** Writes a question as the bytes of a request. */
export function questionBytes(claviger: Claviger, asked: Asked): Buffer {
  const body = JSON.stringify(asked);
  return Buffer.from(
    `POST /v1/keys/verify HTTP/1.1\r\nHost: 127.0.0.1:${claviger.ports.data}\r\n` +
      `Authorization: Bearer ${claviger.verifierKey()}\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

/** Opens a connection to the verify endpoint. */
export async function openVerifyConnection(claviger: Claviger): Promise<VerifyConnection> {
  const connection = await connectRaw(claviger.ports.data);
  return { ask: (question) => askOver(connection, question), close: () => connection.close() };
}

/** Asks one question on a connection of its own. */
export async function verifyOnce(claviger: Claviger, asked: Asked): Promise<DecisionObject> {
  const connection = await openVerifyConnection(claviger);
  const decision = await connection.ask(questionBytes(claviger, asked));
  connection.close();
  return decision;
}

async function askOver(connection: RawConnection, question: Buffer): Promise<DecisionObject> {
  connection.send(question);
  const answer = await connection.answer();
  if (answer === null) throw new Error('the verify endpoint closed the connection');
  if (answer.status !== 200) throw new Error(`the verify endpoint answered ${answer.status}: ${answer.body}`);
  return JSON.parse(answer.body) as DecisionObject;
}
