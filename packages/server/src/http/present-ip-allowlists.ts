import type { AnswerOf, BodyOf } from '@claviger/contract';
import { formatInstant } from '@claviger/core';
import type { ChangeIpAllowlistInput } from '../commands/change-ip-allowlist.ts';
import type { ShownIpAllowlist, ShownUserIpAllowlist } from '../commands/show-ip-allowlist.ts';

/** The account's IP allowlist (I1). */
export function presentIpAllowlist(shown: ShownIpAllowlist): AnswerOf<'read_ip_allowlist'> {
  return { object: 'ip_allowlist', ...presentList(shown) };
}

/** One user's IP allowlist, and what is in force for them, without the notes of whoever wrote that (I1). */
export function presentUserIpAllowlist(shown: ShownUserIpAllowlist): AnswerOf<'read_user_ip_allowlist'> {
  const { inForce } = shown;
  return {
    object: 'user_ip_allowlist',
    user_id: shown.userId,
    ...presentList(shown),
    in_force:
      inForce === null
        ? null
        : {
            level: inForce.level,
            mode: inForce.list.mode,
            entries: inForce.list.entries.map(({ cidr, scope }) => ({ cidr, scope })),
          },
  };
}

/** A list as somebody sends it, whole: without a mode it is enforced. */
export function allowlistInput(body: BodyOf<'set_ip_allowlist'>): ChangeIpAllowlistInput {
  const entries = body.entries.map(({ cidr, scope, note }) => ({ cidr, scope, note: note ?? null }));
  return { rules: { mode: body.mode ?? 'enforce', entries }, isLockoutConfirmed: body.confirm_lockout === true };
}

function presentList({ list, address }: ShownIpAllowlist) {
  return {
    mode: list?.mode ?? 'enforce',
    entries: (list?.entries ?? []).map(({ cidr, scope, note }) => ({ cidr, scope, note })),
    changed_at: list === null ? null : formatInstant(list.changedAt),
    your_address: address,
  };
}
