import type { MatrixRow, Outcome, Role, Rule, TargetName } from './role-matrix.row.ts';

const isThere = (target: TargetName): boolean => !['foreign', 'absent', 'malformed'].includes(target);

/** Every caller gets the same. */
export const always = (outcome: Outcome) => (): Outcome => outcome;

/** K9: keys of users whom the caller manages; all others are not there. */
export const ofManagedUser =
  (outcome: Outcome): Rule =>
  (role, target) =>
    manages(role, target) ? outcome : 'not_found';

/** Administrators see every user and get 403 for those they do not manage; for restricted users all others are not there. */
export const onManagedUser =
  (outcome: Outcome, own: Outcome = outcome): Rule =>
  (role, target) => {
    if (!isThere(target)) return 'not_found';
    if (target === 'own') return own;
    if (manages(role, target)) return outcome;
    return role === 'restricted' ? 'not_found' : 'not_allowed';
  };

/** Who sees a user may read them. */
export const onVisibleUser =
  (outcome: Outcome): Rule =>
  (role, target) =>
    isThere(target) && (role !== 'restricted' || target === 'own') ? outcome : 'not_found';

/** U3. */
function manages(role: Role, target: TargetName): boolean {
  if (!isThere(target)) return false;
  if (target === 'own' || role === 'owner') return true;
  return role === 'administrator' && target === 'of another restricted user';
}

/** Administrators manage all policies; restricted users read those they have. */
export const readPolicy: Rule = (role, target) =>
  isThere(target) && (role !== 'restricted' || target === 'own') ? 200 : 'not_found';
/** Everything of the account that the Owner and administrators manage together: policies, invitations, webhooks. */
export const ofAccount =
  (outcome: Outcome): Rule =>
  (_role, target) =>
    isThere(target) ? outcome : 'not_found';
/** Only one's own sessions are there. */
export const ownSession =
  (outcome: Outcome): Rule =>
  (_role, target) =>
    target === 'own' ? outcome : 'not_found';

const PLAIN = { isReset: false, takesKeys: true, isOpenToNarrowedKeys: false, startsSession: false } as const;
/** A row that everybody with a good credential may try. */
export const everybody = (title: string, expected: Rule, more: Partial<MatrixRow> = {}): MatrixRow => ({
  ...PLAIN,
  title,
  isFor: 'everybody',
  expected,
  ...more,
});
/** A row of the Owner and administrators. */
export const administrative = (title: string, expected: Rule, more: Partial<MatrixRow> = {}): MatrixRow => ({
  ...everybody(title, expected, more),
  isFor: 'administrative',
});
/** A row that asks for no credential. */
export const nobody = (title: string, expected: Rule, more: Partial<MatrixRow> = {}): MatrixRow => ({
  ...everybody(title, expected, more),
  isFor: 'nobody',
});
