import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A request that got through to the API. */
export type Arrived = {
  readonly method: string;
  readonly target: string;
  /** The header's one value, or null; a header that came twice is shown with both. */
  header(name: string): string | null;
  /** Everything that came, as one text. */
  readonly everything: string;
};

/** An API that answers 200 to everything and remembers what arrived: nothing may arrive that was not allowed. */
export type Recorder = {
  readonly port: number;
  /** What arrived since somebody last asked. */
  take(): readonly Arrived[];
  close(): void;
};

/** Starts one in this process. */
export async function startRecorder(): Promise<Recorder> {
  let arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', rawHeaders } = request;
    arrived.push({
      method,
      target: url,
      header: (name) => valueOf(rawHeaders, name),
      everything: [`${method} ${url}`, ...rawHeaders].join('\n'),
    });
    request.resume();
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"from":"the API"}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    take: () => {
      const taken = arrived;
      arrived = [];
      return taken;
    },
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

function valueOf(rawHeaders: readonly string[], name: string): string | null {
  const values = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === name);
  return values.length === 0 ? null : values.join(' and ');
}
