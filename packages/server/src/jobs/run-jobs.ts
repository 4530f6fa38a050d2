import type { DecisionClock } from '../clock.ts';
import type { Log } from '../logs.ts';

/** Work that is done from time to time, by every process that runs the control plane: it must bear being done twice. */
export type Job = {
  readonly name: string;
  /** Milliseconds between the end of one run and the start of the next. */
  readonly everyMs: number;
  /** Once `stop` is aborted the server is stopping: begin nothing more, and end soon. */
  run(stop: AbortSignal): Promise<void>;
  /** Ends what a run has begun and not waited for; called when no more runs come. */
  stop?(): Promise<void>;
};

/** Jobs under way. */
export type RunningJobs = {
  /** Starts no more runs and waits for those under way. */
  stop(): Promise<void>;
};

/** Runs each job again and again, each for itself. A run that fails is told of, and tried again when the next one is due. */
export function runJobs(jobs: readonly Job[], clock: Pick<DecisionClock, 'after'>, log: Log): RunningJobs {
  const running = jobs.map((job) => runOne(job, clock, log));
  return {
    stop: async () => {
      await Promise.all(running.map((job) => job.stop()));
    },
  };
}

function runOne(job: Job, clock: Pick<DecisionClock, 'after'>, log: Log): RunningJobs {
  let isStopped = false;
  let cancel = (): void => undefined;
  let underWay: Promise<void> = Promise.resolve();
  const stopping = new AbortController();

  function schedule(): void {
    if (isStopped) return;
    cancel = clock.after(job.everyMs, () => {
      underWay = job
        .run(stopping.signal)
        .catch((fault: unknown) => log.warn({ err: fault, job: job.name }, 'a job failed and will be tried again'))
        .then(schedule);
    });
  }
  schedule();
  return {
    stop: async () => {
      isStopped = true;
      stopping.abort();
      cancel();
      await underWay;
      await job.stop?.();
    },
  };
}
