/** What broke: the database does not answer, a cursor that we never gave out, a replay slot that is taken, or damage. */
export type StoreFaultKind =
  /** The database cannot be reached, is locked for too long, or the disk is full or broken: answered with 503. */
  | 'unavailable'
  /** The cursor is none of ours: answered with 400. `isCursor` tells beforehand. */
  | 'bad-cursor'
  /** Another request has just been kept under the same idempotency key: look with `findReplay` again. */
  | 'replay-taken'
  /** The stored state contradicts itself or its signature: somebody else wrote in the database. */
  | 'damaged';

/** Something broke in the store; thrown, with its cause. A refusal by the rules is never one. */
export class StoreFault extends Error {
  readonly kind: StoreFaultKind;
  /** True when it is `unavailable` because the disk is full: changes that take something away are still made (A2). */
  readonly isDiskFull: boolean;

  constructor(
    kind: StoreFaultKind,
    message: string,
    options: { readonly cause?: unknown; readonly isDiskFull?: boolean } = {},
  ) {
    super(message, options);
    this.name = 'StoreFault';
    this.kind = kind;
    this.isDiskFull = options.isDiskFull ?? false;
  }
}

/** Why the store refuses to open: one line that says what is wrong and what to do. Nothing was changed. */
export class StartRefusal extends Error {
  constructor(message: string, options?: { readonly cause: unknown }) {
    super(message, options);
    this.name = 'StartRefusal';
  }
}
