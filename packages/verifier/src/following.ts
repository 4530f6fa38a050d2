import type { FeedEntry, FeedSource, FeedTail } from '@claviger/contract';
import type { BackOff } from './back-off.ts';
import type { Deadline } from './deadline.ts';
import type { SystemDigests } from './digests.ts';
import { type EntryOutcome, takeEntry } from './feed-records.ts';
import { hasPassed } from './positions.ts';
import type { Replica } from './replica.ts';
import { loadSnapshot } from './snapshot-loader.ts';
import type { FedVerifier, VerifierClock } from './verifier.ts';

/** Entries asked for in one read of the feed. */
const TAIL_LIMIT = 1_000;
/** Milliseconds for one answer of the source; a source that hangs is a source that failed. */
const READ_MS = 10_000;

/** What following needs. */
export type FollowDeps = Pick<SystemDigests, 'sha256Hex' | 'startSha256'> & {
  readonly verifier: FedVerifier;
  readonly source: FeedSource;
  readonly clock: VerifierClock;
  /** Milliseconds between reads when nothing wakes the follower; well below the staleness bound (D5). */
  readonly pollMs: number;
  /** A number from 0 up to 1 for spreading reads and reloads; drawn anew each time. */
  readonly jitter?: () => number;
};

/** Where a follower stands. */
export type Following = Required<FollowDeps> & {
  readonly deadline: Deadline;
  readonly reloads: BackOff;
  /** Resolved when the verifier is current for the first time. */
  readonly started: PromiseWithResolvers<void>;
  /** A replica after which the feed does not go on: it is of no use but for deciding until the bound ends that. */
  unfit: Replica | null;
  /** True while a subject is denied for an unreadable record: only a snapshot tells what holds (D4). */
  owesReload: boolean;
  reading: Promise<void> | null;
  reloading: Promise<void> | null;
  mustReadAgain: boolean;
  cancelTimer: () => void;
};

/** The replica that entries may be put into, or null before the first snapshot and after a gap. */
export function fitReplica(following: Following): Replica | null {
  const replica = following.verifier.replica();
  return replica === following.unfit ? null : replica;
}

/** Reads up to the head; never throws. One run at a time: a call during a run makes it read once more before it ends. */
export function readFeed(following: Following): Promise<void> {
  if (following.deadline.isStopped()) return Promise.resolve();
  following.mustReadAgain = true;
  following.reading ??= readUntilQuiet(following);
  return following.reading;
}

/** Puts entries in as far as they follow, and tells waiters. */
export function takeEntries(following: Following, replica: Replica, entries: readonly FeedEntry[]): EntryOutcome {
  let outcome: EntryOutcome = 'applied';
  for (const entry of entries) {
    const taken = takeEntry(replica, entry, following.sha256Hex);
    if (taken !== 'applied') outcome = taken;
    if (taken === 'does-not-follow') break;
    if (taken === 'denied') following.verifier.alarm({ kind: 'bad_record', detail: `of ${entry.subject_id}` });
  }
  if (outcome === 'denied') {
    following.owesReload = true;
    void reload(following);
  }
  following.verifier.moved();
  return outcome;
}

async function readUntilQuiet(following: Following): Promise<void> {
  // First of all a turn of its own, so that `reading` is set before it could be cleared.
  await Promise.resolve();
  while (following.mustReadAgain && !following.deadline.isStopped()) {
    following.mustReadAgain = false;
    try {
      if (fitReplica(following) === null) await reload(following);
      else if (following.owesReload) void reload(following);
      await readTail(following);
    } catch (fault) {
      following.verifier.alarm({ kind: 'source_failed', detail: messageOf(fault) });
    }
  }
  // In the same turn as the last look at `mustReadAgain`: a call in between would be lost.
  following.reading = null;
  schedule(following);
}

async function readTail(following: Following): Promise<void> {
  for (;;) {
    const replica = fitReplica(following);
    if (replica === null || following.deadline.isStopped()) return;
    const from = replica.position;
    const startedMs = following.clock.monotonicMs();
    const page = await following.deadline.inTime(following.source.tail(from, TAIL_LIMIT), READ_MS);
    // A reload finished meanwhile: this page is about a replica that decides no more.
    if (replica !== fitReplica(following)) continue;
    if (page.kind === 'reload' || isForked(page, replica)) return giveUpOn(following, replica);
    if (takeEntries(following, replica, page.entries) === 'does-not-follow') return giveUpOn(following, replica);
    if (page.head.n >= from.n && replica.position.n >= page.head.n) return confirm(following, startedMs);
    // Neither current nor further: a source that lags behind what is known here proves nothing.
    if (replica.position.n === from.n) return;
  }
}

/** Current as of when the read began: what came later, it may have missed (D5). */
function confirm(following: Following, startedMs: number): void {
  following.verifier.confirm(startedMs);
  following.started.resolve();
}

/** Says that the feed does not go on from where this replica stands: only a snapshot can (D2). */
export function giveUpOn(following: Following, replica: Replica): void {
  following.unfit = replica;
  following.mustReadAgain = following.reloads.waitMs() === 0;
  const { epoch, n } = replica.position;
  following.verifier.alarm({ kind: 'feed_reload', detail: `what comes after ${epoch}.${n} does not follow` });
}

/** Loads a snapshot, unless that was done just now; never throws. */
function reload(following: Following): Promise<void> {
  if (following.reloading !== null) return following.reloading;
  if (following.deadline.isStopped() || following.reloads.waitMs() > 0) return Promise.resolve();
  following.reloads.note();
  following.reloading = loadAndAdopt(following)
    .catch((fault: unknown) => following.verifier.alarm({ kind: 'source_failed', detail: messageOf(fault) }))
    .finally(() => {
      following.reloading = null;
      schedule(following);
    });
  return following.reloading;
}

async function loadAndAdopt(following: Following): Promise<void> {
  const { source, verifier, startSha256, deadline } = following;
  const loaded = await loadSnapshot({
    source,
    verifier,
    startSha256,
    inTime: (part) => deadline.inTime(part, READ_MS),
  });
  if (!loaded.ok) return verifier.alarm({ kind: 'snapshot_refused', detail: loaded.refusal });
  if (!(await isAsNewAsPresent(following, loaded.value))) {
    return verifier.alarm({ kind: 'snapshot_refused', detail: 'older than what is known' });
  }
  if (deadline.isStopped()) return;
  verifier.adopt(loaded.value);
  following.owesReload = false;
}

/** Brings a snapshot that is older than what is known up to it: going back could revive what ended since (D3). */
async function isAsNewAsPresent(following: Following, fresh: Replica): Promise<boolean> {
  for (;;) {
    const present = following.verifier.position();
    if (present === null || hasPassed(fresh.position, present)) return true;
    const { n } = fresh.position;
    const page = await following.deadline.inTime(following.source.tail(fresh.position, TAIL_LIMIT), READ_MS);
    if (page.kind === 'reload') return false;
    const isWhole = page.entries.every((entry) => takeEntry(fresh, entry, following.sha256Hex) === 'applied');
    if (!isWhole || fresh.position.n === n) return false;
  }
}

/** Sets the timer for the next read; for a reload, when it may be. */
function schedule(following: Following): void {
  following.cancelTimer();
  if (following.deadline.isStopped()) return;
  const pollMs = following.pollMs * (0.75 + following.jitter() / 2);
  const wantsReload = fitReplica(following) === null || following.owesReload;
  const waitMs = wantsReload ? Math.min(pollMs, following.reloads.waitMs()) : pollMs;
  following.cancelTimer = following.clock.after(waitMs, () => void readFeed(following));
}

/** Whether the head that came along shows another history than ours. */
function isForked(page: Extract<FeedTail, { kind: 'entries' }>, replica: Replica): boolean {
  const { epoch, n, hash } = replica.position;
  return page.head.epoch !== epoch || (page.head.n === n && page.head.hash !== hash);
}

function messageOf(fault: unknown): string {
  return fault instanceof Error ? fault.message : 'unknown';
}
