import type { Compilable, CompiledQuery, DialectAdapter, Kysely, QueryResult, Selectable } from 'kysely';
import type { Tables } from './schema.ts';

/** Stands for a value while a query is built. */
class Placeholder {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A query that is built once for each connection and run with other values each time. */
export type PreparedQuery<Values, Row> = (db: Kysely<Tables>, values: Values) => Promise<QueryResult<Row>>;

/**
 * Prepares a query of the hot paths: building its text costs more than most databases take to answer it. `build` gets
 * placeholders for the values, and may use each as a value only: not to decide what the query looks like.
 */
export function prepareQuery<Values extends object, Row>(
  build: (db: Kysely<Tables>, values: Values) => Compilable<Row>,
): PreparedQuery<Values, Row> {
  const compiled = new WeakMap<DialectAdapter, CompiledQuery<Row>>();
  return (db, values) => {
    // The adapter is the dialect's: one for each Kysely instance, and the same inside its transactions.
    const { adapter } = db.getExecutor();
    let query = compiled.get(adapter);
    if (query === undefined) {
      query = build(db, placeholdersFor(values)).compile();
      compiled.set(adapter, query);
    }
    const given = new Map<string, unknown>(Object.entries(values));
    const parameters = query.parameters.map((parameter) =>
      parameter instanceof Placeholder ? given.get(parameter.name) : parameter,
    );
    return db.executeQuery({ ...query, parameters });
  };
}

/** Prepares the insert of whole rows. With `unlessTaken`, a row whose value in that column is taken is left out. */
export function prepareInsert<Table extends keyof Tables>(
  table: Table,
  unlessTaken?: keyof Tables[Table] & string,
): PreparedQuery<Selectable<Tables[Table]>, unknown> {
  return prepareQuery((db, row) => {
    const insert = db.insertInto(table).values(row as never);
    return unlessTaken === undefined
      ? insert
      : insert.onConflict((conflict) => conflict.column(unlessTaken as never).doNothing());
  });
}

/** The same names, each with a placeholder: every call gives the same names, since a row is always whole. */
function placeholdersFor<Values extends object>(values: Values): Values {
  return Object.fromEntries(Object.keys(values).map((name) => [name, new Placeholder(name)])) as Values;
}
