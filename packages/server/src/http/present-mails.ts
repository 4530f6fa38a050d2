import type { UndeliveredMailObject } from '@claviger/contract';
import { formatInstant, type Instant } from '@claviger/core';
import type { UndeliveredMail } from '@claviger/storage';

/** A mail that did not arrive, as the wire shows it (R7). */
export function presentUndeliveredMail(mail: UndeliveredMail): UndeliveredMailObject {
  return {
    object: 'undelivered_mail',
    id: mail.id,
    recipient: mail.recipient,
    template: mail.template,
    created_at: formatInstant(mail.createdAt),
    attempts: mail.attempts,
    last_answer: mail.lastAnswer,
    next_attempt_at: orNull(mail.nextAttemptAt),
    failed_at: orNull(mail.failedAt),
  };
}

function orNull(at: Instant | null): string | null {
  return at === null ? null : formatInstant(at);
}
