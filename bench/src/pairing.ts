import { loadFor } from './load/wrk.ts';
import { type ServerProcess, startServer } from './load/server-process.ts';
import { cpuMicroseconds } from './process-cpu.ts';

/** One side of a comparison: a server, and the requests it gets. */
export type Side = {
  readonly serverFile: string;
  readonly serverArguments: readonly string[];
  readonly script: string;
  readonly scriptArguments: readonly string[];
};

/** CPU microseconds per request, slot by slot, of two servers that were measured in turn. */
export type Pairing = { readonly a: readonly number[]; readonly b: readonly number[]; readonly refused: number };

/** How much to measure. */
export type Effort = { readonly starts: number; readonly slots: number; readonly seconds: number };

/**
 * Measures two servers side by side: server on one core, load on the other, slots A B A B …, both started anew several
 * times, since a process may settle into a faster or slower layout.
 */
export async function measurePair(sideA: Side, sideB: Side, effort: Effort): Promise<Pairing> {
  const a: number[] = [];
  const b: number[] = [];
  let refused = 0;
  for (let start = 0; start < effort.starts; start += 1) {
    const servers = await Promise.all([sideA, sideB].map((side) => startServer(side.serverFile, side.serverArguments)));
    const [serverA, serverB] = servers;
    if (serverA === undefined || serverB === undefined) throw new Error('a server did not start');
    loadSlot(serverA, sideA, effort.seconds);
    loadSlot(serverB, sideB, effort.seconds);
    for (let slot = 0; slot < effort.slots; slot += 1) {
      const fromA = loadSlot(serverA, sideA, effort.seconds);
      const fromB = loadSlot(serverB, sideB, effort.seconds);
      a.push(fromA.cpuPerRequest);
      b.push(fromB.cpuPerRequest);
      refused += fromA.refused + fromB.refused;
    }
    await Promise.all(servers.map((server) => server.stop()));
  }
  return { a, b, refused };
}

function loadSlot(server: ServerProcess, side: Side, seconds: number): { cpuPerRequest: number; refused: number } {
  const before = cpuMicroseconds(server.pid);
  const target = { port: server.port, script: side.script, arguments: side.scriptArguments };
  const slot = loadFor(seconds, target);
  return { cpuPerRequest: (cpuMicroseconds(server.pid) - before) / slot.requests, refused: slot.refused };
}
