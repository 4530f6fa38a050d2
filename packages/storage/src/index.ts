export * from './entities.ts';
export type { ActedOn, IdleProgress } from './idle-key-store.ts';
export * from './ip-allowlist-store.ts';
export * from './store.ts';
export * from './event-store.ts';
export * from './outbox-store.ts';
export * from './reminder-store.ts';
export * from './sealing-store.ts';
export * from './store-deps.ts';
export * from './usage-store.ts';
export * from './webhook-store.ts';
export { isCursor } from './cursor.ts';
export { eventFrom } from './events.ts';
export { StartRefusal, StoreFault, type StoreFaultKind } from './faults.ts';
export { createdKey } from './keys.ts';
export { sealedInternalKey, sealedKey } from './sealed-rows.ts';
export { refuseOldSqlite, refuseUnlessDurable } from './sqlite/durability.ts';
export { openPostgres, type PostgresOptions } from './postgres/open.ts';
export { openSqlite, type SqliteOptions } from './sqlite/open.ts';
export { openLogFile } from './ended-log-file.ts';
export { completeEndedLog, type EndedLog, openEndedLog } from './ended-log.ts';
export {
  type Anchor,
  anchorOf,
  type AuditCheckDeps,
  type AuditFinding,
  isSigned,
  verifyAuditLog,
  walkLog,
} from './audit-log-check.ts';
