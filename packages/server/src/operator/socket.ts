import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type OperatorAnswer, operatorRequest, parseInput } from '@claviger/contract';
import { BODY_BYTES_LARGEST } from '@claviger/core';
import type { Log } from '../logs.ts';
import { askSocket } from './ask-socket.ts';

/** Does an act; a fault is thrown. */
export type PerformAct = (request: ReturnType<typeof operatorRequest.parse>) => Promise<OperatorAnswer>;

/** What serving the operator takes. */
export type OperatorSocketDeps = { readonly perform: PerformAct; readonly log: Log };

/** The socket in the data folder, served. */
export type OperatorSocket = { close(): Promise<void> };

const NOT_SERVED: OperatorSocket = { close: async () => undefined };

/**
 * Serves the operator's commands on a socket in the data folder (0600 in 0700): whoever may open it owns the installation.
 * Requests and answers are JSON over HTTP. A socket that cannot be is a warning, not the end: keys are verified without it.
 */
export async function serveOperator(path: string, deps: OperatorSocketDeps): Promise<OperatorSocket> {
  // A server that was killed leaves its socket behind; one that answers is another node on this folder, and keeps it.
  if ((await askSocket(path, { act: 'list_accounts' })) !== null) {
    deps.log.warn({ path }, 'another process serves the operator on this data folder');
    return NOT_SERVED;
  }
  rmSync(path, { force: true });
  const server = createServer((request, response) => {
    answerRequest(deps, request)
      .catch((fault: unknown) => {
        deps.log.error({ err: fault }, 'a command of the operator broke down');
        const line = 'something broke in the server: its log says what';
        return { ok: false, ending: 'fault', line } satisfies OperatorAnswer;
      })
      .then((answer) => send(response, answer))
      .catch((fault: unknown) => deps.log.error({ err: fault }, 'an answer to the operator could not be sent'));
  });
  try {
    await listen(server, path);
  } catch (fault) {
    deps.log.warn({ err: fault, path }, 'operator commands on this running server do not work: no socket can be made');
    return NOT_SERVED;
  }
  chmodSync(path, 0o600);
  return { close: () => new Promise((resolve) => void server.close(() => resolve())) };
}

async function answerRequest(deps: OperatorSocketDeps, request: IncomingMessage): Promise<OperatorAnswer> {
  const parsed = parseInput(operatorRequest, await bodyOf(request));
  if (parsed.ok) return deps.perform(parsed.value);
  const mistakes = parsed.refusal.map(({ pointer, detail }) => `${pointer.slice(1)} ${detail}`);
  return { ok: false, ending: 'wrong_use', line: mistakes.join('; ') };
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    const chunk = part as Buffer;
    bytes += chunk.byteLength;
    if (bytes > BODY_BYTES_LARGEST) throw new Error('a request of the operator is too large');
    parts.push(chunk);
  }
  return JSON.parse(Buffer.concat(parts).toString('utf8')) as unknown;
}

function send(response: ServerResponse, answer: OperatorAnswer): void {
  response.writeHead(200, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(answer));
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, () => resolve());
  });
}
