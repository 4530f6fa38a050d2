/** The two dialects of SQL that we speak; nearly all queries are the same text in both. */
export type Dialect = 'sqlite' | 'postgres';
