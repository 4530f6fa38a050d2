import { EXIT, type ExitCode } from '../exit-codes.ts';

/** Conditions of the server that pass, not of what was asked. */
const SERVER_IS_AWAY = 503;

const BY_STATUS: Readonly<Record<number, ExitCode>> = {
  400: EXIT.wrongUse,
  401: EXIT.keyNotValid,
  403: EXIT.notAllowed,
  404: EXIT.notFound,
  409: EXIT.conflict,
  413: EXIT.wrongUse,
  422: EXIT.conflict,
  429: EXIT.limited,
  [SERVER_IS_AWAY]: EXIT.unreachable,
};

/** What the program ends with when the API refused with a status. */
export function endingOf(status: number): ExitCode {
  return BY_STATUS[status] ?? EXIT.fault;
}
