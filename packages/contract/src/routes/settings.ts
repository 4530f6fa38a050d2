import type { Route } from '../route.ts';
import {
  checkpointObject,
  eventObject,
  exportAuditEventsQuery,
  listAuditEventsQuery,
} from '../schemas/audit-events.ts';
import {
  expirationPolicy,
  reminderSettings,
  setExpirationPolicyBody,
  setReminderSettingsBody,
} from '../schemas/expiration.ts';
import { listOf, pageQuery } from '../schemas/page.ts';
import { resourceCatalogue, setResourceCatalogueBody } from '../schemas/resource-catalogue.ts';
import { FOR_ADMINISTRATIVE, FOR_EVERYBODY, FOR_SESSIONS } from './shared.ts';

/** Settings of the account, its catalogue and its audit log. */
export const SETTING_ROUTES = {
  read_expiration_policy: {
    ...FOR_ADMINISTRATIVE,
    method: 'GET',
    path: '/v1/expiration-policy',
    group: 'Settings',
    summary: 'Read the expiration policy of the account',
    answer: { status: 200, schema: expirationPolicy },
  },
  set_expiration_policy: {
    ...FOR_ADMINISTRATIVE,
    method: 'PUT',
    path: '/v1/expiration-policy',
    group: 'Settings',
    summary: 'Set the expiration policy of the account',
    description: 'For keys made from now on; existing keys keep their expiry.',
    body: setExpirationPolicyBody,
    answer: { status: 200, schema: expirationPolicy },
    events: ['expiration_policy.changed'],
    problems: ['owner_only'],
  },
  read_reminder_settings: {
    ...FOR_ADMINISTRATIVE,
    method: 'GET',
    path: '/v1/reminder-settings',
    group: 'Settings',
    summary: 'Read when owners are told that a key expires',
    answer: { status: 200, schema: reminderSettings },
  },
  set_reminder_settings: {
    ...FOR_ADMINISTRATIVE,
    method: 'PUT',
    path: '/v1/reminder-settings',
    group: 'Settings',
    summary: 'Set when owners are told that a key expires',
    body: setReminderSettingsBody,
    answer: { status: 200, schema: reminderSettings },
    events: ['reminder_settings.changed'],
  },
  read_resource_catalogue: {
    ...FOR_ADMINISTRATIVE,
    method: 'GET',
    path: '/v1/resource-catalogue',
    group: 'Policies',
    summary: 'Read what there is to permit',
    answer: { status: 200, schema: resourceCatalogue },
  },
  set_resource_catalogue: {
    ...FOR_SESSIONS,
    method: 'PUT',
    path: '/v1/resource-catalogue',
    group: 'Policies',
    summary: 'Set what there is to permit',
    description:
      'For the Owner. Holds from the next verification on. The mark of an operation never changes, also not when it is taken away and comes back; an operation that a policy or a narrowed key still names cannot be taken away.',
    userTypes: ['owner'],
    isSensitive: true,
    body: setResourceCatalogueBody,
    answer: { status: 200, schema: resourceCatalogue },
    events: ['resource_catalogue.changed'],
    problems: ['owner_only', 'operation_in_use', 'ingestion_mark_changed', 'catalogue_limit_reached'],
  },
  list_audit_events: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/audit-events',
    group: 'Audit log',
    summary: 'List audit events',
    description:
      'The Owner and administrators read everything, restricted users what is about themselves and their keys.',
    query: listAuditEventsQuery,
    answer: { status: 200, schema: listOf(eventObject) },
    problems: ['bad_cursor'],
  },
  export_audit_events: {
    ...FOR_EVERYBODY,
    method: 'GET',
    path: '/v1/audit-events/export',
    group: 'Audit log',
    summary: 'Download audit events',
    description:
      'The same events as the list, oldest first, as one file: `jsonl`, which `claviger audit verify` checks with only the public key, or `csv`. It ends with the event of this very download.',
    query: exportAuditEventsQuery,
    answer: { status: 200, schema: null, mediaTypes: ['application/jsonl', 'text/csv'] },
    events: ['audit_log.downloaded'],
  },
  list_checkpoints: {
    ...FOR_ADMINISTRATIVE,
    method: 'GET',
    path: '/v1/audit-log/checkpoints',
    group: 'Audit log',
    summary: 'List checkpoints of the audit log',
    description:
      'Signed heads that this node has taken: at least every hour in which something changed, and when it stops. A line of each, kept outside the host, shows with `claviger audit verify --checkpoint` whether the log up to it is still the same.',
    query: pageQuery,
    answer: { status: 200, schema: listOf(checkpointObject) },
    problems: ['bad_cursor'],
  },
} as const satisfies Record<string, Route>;
