import type { UserId } from './ids.ts';

/** The three types of users (U1, U2). */
export const USER_TYPES = ['owner', 'administrator', 'restricted'] as const;
export type UserType = (typeof USER_TYPES)[number];

/** As much of a user as the rules about users need. */
export type ManagedUser = { readonly id: UserId; readonly userType: UserType };

/** Whether somebody may manage a user and that user's keys: the Owner everyone, administrators restricted users and themselves (U3). */
export function mayManage(actor: ManagedUser, target: ManagedUser): boolean {
  if (actor.id === target.id || actor.userType === 'owner') return true;
  return actor.userType === 'administrator' && target.userType === 'restricted';
}

/** Whether somebody may see that a user exists: administrators see every user, restricted users only themselves. */
export function maySee(actor: ManagedUser, target: ManagedUser): boolean {
  return actor.id === target.id || isAdministrative(actor.userType);
}

/** Owner and administrators: those who manage an account. */
export function isAdministrative(userType: UserType): boolean {
  return userType !== 'restricted';
}

const RANKS: Readonly<Record<UserType, number>> = { restricted: 0, administrator: 1, owner: 2 };

/** Whether a user of one type gets more to say by becoming the other: a promotion or a hand-over (U3). */
export function isRise(from: UserType, to: UserType): boolean {
  return RANKS[to] > RANKS[from];
}

/**
 * Whether somebody may turn a user into another type. Administrators may promote restricted users and demote nobody;
 * nobody's type is changed to or from Owner here: ownership is handed over, never granted (U1, U3).
 */
export function mayChangeUserType(actor: ManagedUser, target: ManagedUser, to: UserType): boolean {
  if (target.userType === 'owner' || to === 'owner') return false;
  if (actor.userType === 'owner') return true;
  return actor.userType === 'administrator' && target.userType === 'restricted' && actor.id !== target.id;
}

/** Whether somebody may stop a user: those they manage, never themselves, never the Owner (U3, U5). */
export function mayDisableUser(actor: ManagedUser, target: ManagedUser): boolean {
  return target.userType !== 'owner' && actor.id !== target.id && mayManage(actor, target);
}

/** Whether somebody may delete a user: administrators restricted users, the Owner everybody else; nobody the Owner or themselves (U3). */
export function mayDeleteUser(actor: ManagedUser, target: ManagedUser): boolean {
  return mayDisableUser(actor, target);
}

/**
 * Whether somebody may set what binds a user: expiration policy, allowlist, attached policies (E3, I4, P5). Unlike
 * `mayManage`, restricted users never may, not even for themselves (U3).
 */
export function mayAdminister(actor: ManagedUser, target: ManagedUser): boolean {
  return isAdministrative(actor.userType) && mayManage(actor, target);
}
