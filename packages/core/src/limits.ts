/** Every limit of the product, with its unit and why it is what it is. */

/** Days. The shortest lifespan a policy or a creator may set (E1). */
export const LIFESPAN_DAYS_SHORTEST = 1;
/** Days. The longest lifespan other than never (E1). */
export const LIFESPAN_DAYS_LONGEST = 365;
/** Days. How long before expiry an owner is told unless the account says otherwise (R1). */
export const REMINDER_DAYS_DEFAULT = 30;
/** Days. The bounds of the reminder period (R1). */
export const REMINDER_DAYS_SHORTEST = 1;
export const REMINDER_DAYS_LONGEST = 90;
/** Days before expiry of the further reminders unless the account says otherwise, and how many there may be (R4). */
export const REMINDER_STEPS_DEFAULT: readonly number[] = [7, 1, 0];
export const REMINDER_STEPS_MOST = 10;
/** Milliseconds before expiry from which step 0 is due: half a day, of which nobody sleeps through all (R4). */
export const REMINDER_LAST_STEP_MS = 43_200_000;
/** Milliseconds. How long the first mail of a round waits for keys that become due together, how long when many do at once
 * (it has to leave within a minute), and how long those that are due as they are made are gathered after it (R6). */
export const REMINDER_WAIT_MS = 10_000;
export const REMINDER_LONG_WAIT_MS = 45_000;
export const REMINDER_GATHER_MS = 3_600_000;
/** Keys. How many one transaction looks at: whoever changes the account meanwhile waits for no more than these. */
export const REMINDERS_AT_ONCE = 200;
/** Milliseconds. How long after an expiry it is kept what was intended for it, for whoever asks why a mail came or not. */
export const REMINDERS_KEPT_MS = 7_776_000_000;
/** Days. The notice that keys get when a policy is applied to them: default and what may be asked for (E6). At least one, so that no key dies at once. */
export const NOTICE_DAYS_DEFAULT = 30;
export const NOTICE_DAYS_SHORTEST = 1;
export const NOTICE_DAYS_LONGEST = 365;
/** Percent of the shortened keys that one day may take: default and what may be asked for (E6). */
export const DAY_SHARE_PERCENT_DEFAULT = 10;
export const DAY_SHARE_PERCENT_SMALLEST = 1;
export const DAY_SHARE_PERCENT_LARGEST = 100;
/** Milliseconds. How long a preview can be acted on: an hour is enough to read it, and not enough to forget it (E6, X6). */
export const PREVIEW_MS = 3_600_000;
/** Days. A key that was used within these counts as in use (E6, X6). */
export const IN_USE_DAYS = 30;
/** Keys. A preview names so many of those it counts. */
export const PREVIEW_KEYS_MOST = 100;
/** Days. How many days of coming expiries are counted one by one: default and most, a year's lifespans and some. */
export const HISTOGRAM_DAYS_DEFAULT = 90;
export const HISTOGRAM_DAYS_LONGEST = 400;
/** Owners. A preview names so many of those it counts. */
export const PREVIEW_OWNERS_MOST = 100;
/** Days without use after which the idle rule of an account may act on a key (E14). */
export const IDLE_DAYS_SHORTEST = 1;
export const IDLE_DAYS_LONGEST = 365;
/** Days after the idle rule was set or changed in which it disables nothing and only reports: time to object (E14). */
export const IDLE_NOTICE_DAYS = 7;
/** Keys that one mail about idle keys names; of the others it says how many there are. */
export const IDLE_KEYS_NAMED_MOST = 100;
/** Seconds. The longest overlap of a rotation, 30 days: longer would be a second key (X5). */
export const OVERLAP_SECONDS_LONGEST = 2_592_000;

/** Keys. What one user may have unless the operator sets another limit (K3). */
export const KEYS_PER_USER_DEFAULT = 10_000;

/** Characters. An imported key shorter than this could be guessed (K13). */
export const IMPORTED_KEY_SHORTEST = 20;
/** Characters. No key in use elsewhere is longer; it bounds the work on hostile headers. */
export const IMPORTED_KEY_LONGEST = 255;
/** Milliseconds. A self-revocation is answered no earlier: ending a key takes longer than finding none, and nobody is to see that (K12). */
export const SELF_REVOKE_ANSWER_MS = 100;
/** Keys of another system that one call takes over: all or none, so it must stay a short transaction (K13). */
export const IMPORT_KEYS_MOST = 100;
/** Characters. The hint of an imported key: enough for both ends of a text, too short for most whole texts (K8). */
export const IMPORTED_HINT_LONGEST = 40;

/** Characters. Names of keys, users, policies and accounts. */
export const NAME_LONGEST = 200;
/** Characters. The longest e-mail address that SMTP can carry. */
export const EMAIL_LONGEST = 254;
/** Characters. Free text beside a reason, and descriptions. */
export const NOTE_LONGEST = 1_000;
/** Bytes. Metadata of one key, as JSON. */
export const METADATA_BYTES_LARGEST = 4_096;
/** Bytes. The body of one request. */
export const BODY_BYTES_LARGEST = 65_536;
/** Bytes. The body of a batch of questions. */
export const BATCH_BODY_BYTES_LARGEST = 1_048_576;
/** Levels. JSON nested deeper is refused before it is walked. */
export const JSON_DEPTH_LARGEST = 32;
/** Questions in one verify-batch call (D8). */
export const BATCH_QUESTIONS_MOST = 1_000;

/** Permissions in one policy or one narrowing, and names in one permission. */
export const PERMISSIONS_MOST = 100;
export const PERMISSION_IDS_MOST = 100;
/** Characters. One resource name in a permission or a question. */
export const RESOURCE_NAME_LONGEST = 200;
/** Characters. Names of resource types and operations. */
export const OPERATION_NAME_LONGEST = 64;
/** Resource types of a catalogue and operations of one type: each change of the catalogue rebuilds every user's rights. */
export const CATALOGUE_TYPES_MOST = 100;
export const CATALOGUE_OPERATIONS_MOST = 50;
/** Operations that a catalogue ever had: their marks are remembered for ever, so they are bounded (P3). */
export const CATALOGUE_OPERATIONS_EVER_MOST = 10_000;
/** Ranges and origins a key may be narrowed to. */
export const ALLOWED_IPS_MOST = 100;
export const ALLOWED_ORIGINS_MOST = 50;
/** Entries of one IP allowlist, and characters of the note beside one: a list is read at every request of a session (I2). */
export const ALLOWLIST_ENTRIES_MOST = 200;
export const ALLOWLIST_NOTE_LONGEST = 200;
/** Permissions that one check of an explanation names: a user may have a hundred policies of a hundred each (P7). */
export const GRANTS_SHOWN_MOST = 100;
/** Policies one user may have attached: their union is computed at every policy change. */
export const POLICIES_PER_USER_MOST = 100;

/** Requests and seconds of a key's rate limit. */
export const RATE_REQUESTS_MOST = 1_000_000;
export const RATE_SECONDS_LONGEST = 86_400;

/** Rows. Page sizes of lists. */
export const PAGE_DEFAULT = 20;
export const PAGE_LARGEST = 100;

/** Events that a download of the log reads at once: some tens of milliseconds, and what memory holds of it (A5). */
export const EXPORT_STRETCH = 500;

/** Characters. The shortest password an account may ask for, the default, and the longest that is hashed (U7, T4). */
export const PASSWORD_SHORTEST = 8;
export const PASSWORD_DEFAULT_SHORTEST = 12;
export const PASSWORD_LONGEST = 128;

/** Days. How long the link of an invitation works: it is a way in, and must not lie about in mailboxes (U2). */
export const INVITATION_DAYS = 7;
/** Minutes. How long a session may be idle: default and what an account may set (U7). */
export const SESSION_IDLE_MINUTES_DEFAULT = 120;
export const SESSION_IDLE_MINUTES_SHORTEST = 15;
export const SESSION_IDLE_MINUTES_LONGEST = 1_440;
/** Hours. How long a session may last however busy it is: default and what an account may set (U7). */
export const SESSION_HOURS_DEFAULT = 24;
export const SESSION_HOURS_SHORTEST = 12;
export const SESSION_HOURS_LONGEST = 672;
/** Milliseconds. How fresh the proof behind a sensitive act must be (U8). */
export const FRESH_PROOF_MS = 900_000;

/** Characters. Idempotency keys. */
export const IDEMPOTENCY_KEY_SHORTEST = 16;
export const IDEMPOTENCY_KEY_LONGEST = 255;
/** Milliseconds. How long an answer can be replayed. */
export const IDEMPOTENCY_KEPT_MS = 86_400_000;

/** Milliseconds. How long a question with `min_version` waits before it is `stale` (D7). */
export const MIN_VERSION_WAIT_MS = 250;
/** Seconds. The staleness bound: default and what may be set (D5). */
export const STALENESS_SECONDS_DEFAULT = 60;
export const STALENESS_SECONDS_SHORTEST = 5;
export const STALENESS_SECONDS_LONGEST = 900;

/** Characters. A set-up token given by setting (T2). */
export const SETUP_TOKEN_SHORTEST = 16;
/** Milliseconds. How long a drawn set-up link works (T2). */
export const SETUP_LINK_MS = 86_400_000;

/** Milliseconds. How long a sign-in link of the operator's works (T1). */
export const SIGN_IN_LINK_MS = 86_400_000;

/** Milliseconds. How long the link of a password reset works: it is a way in, and lies in a mailbox (U7). */
export const PASSWORD_RESET_MS = 3_600_000;
/** Milliseconds. A request for a reset is answered no earlier: making one takes longer than finding nobody, and that is not to be seen (T1). */
export const PASSWORD_RESET_ANSWER_MS = 100;

/** Bytes. A `Claviger-Permissions` header longer than this is sent empty (D10). */
export const PERMISSIONS_HEADER_BYTES_LARGEST = 2_048;

/** Webhooks of one account: each event is sent to every one of them (R8). */
export const WEBHOOKS_PER_ACCOUNT_MOST = 20;
/** Characters. Longer URLs are cut off by programs on the way. */
export const WEBHOOK_URL_LONGEST = 2_048;
/** Bytes. The secret of a webhook; Standard Webhooks wants 24 to 64. */
export const WEBHOOK_SECRET_BYTES = 32;
/** Milliseconds. How long the secret before a rotation signs along with the new one: a day to bring the new one out. */
export const WEBHOOK_SECRET_OVERLAP_MS = 86_400_000;

/** Milliseconds. What a request that we send may take altogether: name, connection, answer. */
export const OUTBOUND_LONGEST_MS = 15_000;
/** Bytes. What is read of an answer to a request that we sent. */
export const OUTBOUND_ANSWER_BYTES_LARGEST = 65_536;

/** Milliseconds. A mail that is due for longer than this, and has not left, is listed as undelivered (R7). */
export const MAIL_OVERDUE_MS = 300_000;
