import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import type { Pool, PoolClient } from 'pg';

/** Statements named on each connection; past this many, odd filters are sent unnamed instead of filling the server's memory. */
const STATEMENTS_NAMED = 500;

/** A pool whose statements are planned once for each connection, not once for each call. */
export function preparedPool(pool: Pool): PostgresPool {
  const names = new Map<string, string>();
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    options: pool.options,
    connect: async () => {
      const client = await pool.connect();
      // One wrapper for each connection: Kysely knows a connection by its object.
      const known = wrapped.get(client);
      if (known !== undefined) return known;
      const made = preparing(client, (text) => nameOf(names, text));
      wrapped.set(client, made);
      return made;
    },
    end: () => pool.end(),
  };
}

function preparing(client: PoolClient, nameFor: (text: string) => string | undefined): PostgresPoolClient {
  // The signatures are Kysely's; it uses the first of its two only, since it is given no cursor.
  const query = async <R>(text: string, values: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
    const name = values.length === 0 ? undefined : nameFor(text);
    const result = await client.query({ text, values: [...values], ...(name === undefined ? {} : { name }) });
    return result as unknown as PostgresQueryResult<R>;
  };
  return { query: query as PostgresPoolClient['query'], release: (isBroken) => client.release(isBroken) };
}

function nameOf(names: Map<string, string>, text: string): string | undefined {
  const known = names.get(text);
  if (known !== undefined || names.size >= STATEMENTS_NAMED) return known;
  const name = `claviger_${names.size + 1}`;
  names.set(text, name);
  return name;
}
