import { type Kysely, sql } from 'kysely';
import { type Migration, Migrator } from 'kysely/migration';
import type { Dialect } from '../dialect.ts';
import { StartRefusal } from '../faults.ts';
import type { Tables } from '../schema.ts';
import { up as firstTables } from './0001-first-tables.ts';
import { up as settingsAndOutbox } from './0002-settings-and-outbox.ts';
import { up as invitations } from './0003-invitations.ts';
import { up as expiryDays } from './0005-expiry-days.ts';
import { up as importedAndIdleKeys } from './0006-imported-and-idle-keys.ts';
import { up as reminders } from './0007-reminders.ts';
import { up as mailsOnTheirWay } from './0008-mails-on-their-way.ts';
import { up as webhooks } from './0009-webhooks.ts';
import { up as cataloguesAndSignInLinks } from './0010-catalogues-and-sign-in-links.ts';
import { up as ipAllowlists } from './0011-ip-allowlists.ts';
import { up as waysIn } from './0013-ways-in.ts';
import { up as usage } from './0014-usage.ts';
import { up as resealing } from './0015-resealing.ts';

const MIGRATION_TABLE = 'claviger_migrations';
const LOCK_TABLE = 'claviger_migration_lock';

/** All migrations there ever were, in order; names never change once released. */
const MIGRATIONS: Readonly<Record<string, (db: Kysely<unknown>, dialect: Dialect) => Promise<void>>> = {
  '0001_first_tables': firstTables,
  '0002_settings_and_outbox': settingsAndOutbox,
  '0003_invitations': invitations,
  '0005_expiry_days': expiryDays,
  '0006_imported_and_idle_keys': importedAndIdleKeys,
  '0007_reminders': reminders,
  '0008_mails_on_their_way': mailsOnTheirWay,
  '0009_webhooks': webhooks,
  '0010_catalogues_and_sign_in_links': cataloguesAndSignInLinks,
  '0011_ip_allowlists': ipAllowlists,
  '0013_ways_in': waysIn,
  '0014_usage': usage,
  '0015_resealing': resealing,
};

/**
 * Brings a database to this program's schema, or refuses one that a newer program has changed or that holds somebody
 * else's tables. Two programs that start at once do no harm. `schema` is the PostgreSQL schema to look in.
 */
export async function migrate(db: Kysely<Tables>, dialect: Dialect, schema: string | null): Promise<void> {
  const names = await tableNames(db, dialect, schema);
  if (names.includes(MIGRATION_TABLE)) await refuseNewer(db);
  else refuseForeign(names);
  const migrator = new Migrator({
    db,
    provider: { getMigrations: async () => migrationsFor(dialect) },
    migrationTableName: MIGRATION_TABLE,
    migrationLockTableName: LOCK_TABLE,
    // Without it the migrator takes a table of that name in any other schema for its own.
    ...(schema === null ? {} : { migrationTableSchema: schema }),
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined) throw error instanceof Error ? error : new Error('a migration failed', { cause: error });
}

function migrationsFor(dialect: Dialect): Record<string, Migration> {
  return Object.fromEntries(
    Object.entries(MIGRATIONS).map(([name, up]) => [name, { up: (db: Kysely<unknown>) => up(db, dialect) }]),
  );
}

async function tableNames(db: Kysely<Tables>, dialect: Dialect, schema: string | null): Promise<readonly string[]> {
  const query =
    dialect === 'sqlite'
      ? sql<{ name: string }>`select name from sqlite_master where type = 'table'`
      : sql<{ name: string }>`select tablename as name from pg_tables where schemaname = ${schema}`;
  const { rows } = await query.execute(db);
  return rows.map((row) => row.name);
}

async function refuseNewer(db: Kysely<Tables>): Promise<void> {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(MIGRATION_TABLE)}`.execute(db);
  const unknown = rows.map((row) => row.name).filter((name) => !Object.hasOwn(MIGRATIONS, name));
  if (unknown.length === 0) return;
  throw new StartRefusal(
    `The database is too new for this program (it has the changes ${unknown.sort().join(', ')}): ` +
      'start the newer version of Claviger that wrote it, or restore a backup made by this version.',
  );
}

function refuseForeign(names: readonly string[]): void {
  const taken = names.filter((name) => ['accounts', 'users', 'keys', 'sessions', 'audit_events'].includes(name));
  if (taken.length === 0) return;
  throw new StartRefusal(
    `The database holds tables of another program (${taken.sort().join(', ')}): ` +
      'give Claviger a database, or on PostgreSQL a schema, of its own.',
  );
}
