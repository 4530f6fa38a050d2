import * as http from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a receiver got. */
export type Received = {
  readonly method: string;
  readonly path: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
};

/** How a receiver answers the next request: it may also never do. */
export type Reply = (response: http.ServerResponse, received: Received) => void;

/** A real HTTP server on loopback that keeps what it got. */
export type Receiver = {
  readonly url: string;
  readonly port: number;
  readonly received: Received[];
  /** Connections that were opened to it, with or without a request. */
  connections(): number;
  /** How requests are answered from now on. */
  reply: Reply;
  close(): Promise<void>;
};

/** Answers with a status and nothing else. */
export const status =
  (code: number, headers: http.OutgoingHttpHeaders = {}): Reply =>
  (response) => {
    response.writeHead(code, headers).end();
  };

/** Never answers. */
export const hang: Reply = () => undefined;

/** Starts a receiver that answers 204. */
export async function openReceiver(host = '127.0.0.1'): Promise<Receiver> {
  let connections = 0;
  const received: Received[] = [];
  const server = http.createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const one = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(chunks).toString(),
      };
      received.push(one);
      receiver.reply(response, one);
    });
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => {
    server.listen(0, host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const receiver: Receiver = {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${port}/`,
    port,
    received,
    connections: () => connections,
    reply: status(204),
    close: async () => {
      const closed = new Promise((resolve) => {
        server.close(resolve);
      });
      server.closeAllConnections();
      await closed;
    },
  };
  return receiver;
}
