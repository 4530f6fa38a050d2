import type { MatrixRow } from './role-matrix.row.ts';
import { always, everybody, nobody } from './role-matrix.rules.ts';

/** What the routes about passwords answer to whom. */
export const PASSWORD_ROWS = {
  request_password_reset: [
    nobody('for an unknown address', always(202), { body: (unique) => ({ email: `${unique}@nowhere.example` }) }),
  ],
  redeem_password_reset: [
    nobody('with an unknown token', always('password_reset_not_valid'), {
      body: (unique) => ({ token: unique, password: 'correct horse battery' }),
    }),
  ],
  change_password: [
    everybody('with a wrong password', always('password_wrong'), {
      takesKeys: false,
      body: () => ({ current_password: 'x', new_password: 'correct horse battery' }),
    }),
  ],
  list_second_factors: [everybody('', always(200), { takesKeys: false })],
  begin_totp: [everybody('', always(201), { takesKeys: false })],
  // Also takes back what the row before has begun.
  remove_totp: [everybody('', always(204), { takesKeys: false })],
  confirm_totp: [
    everybody('with nothing begun', always('second_factor_missing'), {
      takesKeys: false,
      body: () => ({ code: '000000' }),
    }),
  ],
  create_recovery_codes: [everybody('without a factor', always('second_factor_missing'), { takesKeys: false })],
} as const satisfies Record<string, readonly MatrixRow[]>;
