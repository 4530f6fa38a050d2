import type { Dialect } from '../dialect.ts';

/** The words in which the engines differ; everything else of the tables is written once. */
export type Words = {
  /** A whole number of 64 bits. */
  readonly whole: string;
  /** A text that is compared byte by byte, whatever language the database speaks. */
  readonly id: string;
  /** What comes after the closing parenthesis of a table. */
  readonly end: string;
  /** The same for a table whose rows lie in the order of their primary key: those of one key side by side. */
  readonly clusteredEnd: string;
};

/** The words of each engine. */
export const WORDS: Readonly<Record<Dialect, Words>> = {
  sqlite: { whole: 'integer', id: 'text', end: ' strict', clusteredEnd: ' strict, without rowid' },
  postgres: { whole: 'bigint', id: 'text collate "C"', end: '', clusteredEnd: '' },
};
