import type { Verifier } from '@claviger/verifier';
import { type Exchange, sendJson } from './exchange.ts';
import { problem, sendProblem, STALE_RETRY_SECONDS } from './problems.ts';

const WELL = '{"object":"health","status":"ok"}';

/** `GET /livez`: the process answers, whatever else holds. */
export function answerLive(exchange: Exchange): void {
  sendJson(exchange, 200, WELL);
}

/** `GET /readyz`: red until the first snapshot is loaded, while verification is stale, and while draining (D14). */
export function answerReady(
  deps: {
    readonly verifier: Pick<Verifier, 'position' | 'isStale'>;
    readonly publicUrl: string;
    readonly isDraining: boolean;
  },
  exchange: Exchange,
): void {
  const reasons = [
    ...(deps.isDraining ? ['shutting_down'] : []),
    ...(deps.verifier.position() === null ? ['no_state_loaded'] : deps.verifier.isStale() ? ['stale'] : []),
  ];
  if (reasons.length === 0) return sendJson(exchange, 200, WELL);
  const refused = problem('not_ready', `Not ready: ${reasons.map((reason) => TEXTS[reason]).join('; ')}.`, {
    members: { reasons },
    headers: ['Retry-After', String(STALE_RETRY_SECONDS)],
  });
  return sendProblem(exchange, refused, deps.publicUrl);
}

const TEXTS: Readonly<Record<string, string>> = {
  shutting_down: 'the server is stopping',
  no_state_loaded: 'the first state has not been loaded yet',
  stale: 'the state in memory is older than the staleness bound allows',
};
