import {
  invitationExpiry,
  type InvitationId,
  type KeyId,
  newInvitationId,
  newUserId,
  newWebhookId,
  type PolicyId,
  type UserId,
  type UserType,
} from '@claviger/core';
import type { Route } from '@claviger/contract';
import type { User } from '@claviger/storage';
import type { Name } from '../../commands/testing/scene.ts';
import type { Role, TargetName } from '../role-matrix.row.ts';
import { type Cast, onImport, openCast } from './cast.ts';
import type { TestPlane } from './test-plane.ts';

/** Two accounts; what is named is made anew for every cell, so that no cell meets what another one left behind. */
export type MatrixWorld = {
  readonly plane: TestPlane;
  readonly own: Cast;
  readonly foreign: Cast;
  readonly policyId: PolicyId;
  readonly foreignPolicyId: PolicyId;
};

/** Who stands for a role. */
export const PERSON_OF: Readonly<Record<Role, Name>> = { owner: 'olga', administrator: 'adam', restricted: 'rita' };

/** Opens a plane with two accounts of the same shape. */
export async function openMatrixWorld(plane: TestPlane): Promise<MatrixWorld> {
  const [own, foreign] = [await openCast(plane), await openCast(plane)];
  return {
    plane,
    own,
    foreign,
    policyId: await own.scene.policy([onImport('sales')]),
    foreignPolicyId: await foreign.scene.policy([]),
  };
}

/** The path of a route with the ids of a target in it. */
export async function pathFor(
  world: MatrixWorld,
  route: Route,
  { role, target }: { readonly role: Role; readonly target: TargetName },
): Promise<string> {
  const ids = await IDS[route.target](world, role, target);
  return route.path.replace('{id}', ids.id).replace('{user_id}', ids.userId ?? '');
}

type Ids = { readonly id: string; readonly userId?: string };
type MakeIds = (world: MatrixWorld, role: Role, target: TargetName) => Promise<Ids>;

const IDS: Readonly<Record<Route['target'], MakeIds>> = {
  none: async () => ({ id: '' }),
  key: async (world, role, target) => ({
    id: nameless(target, 'key_AAAAAAAAAAAA') ?? (await makeKey(world, role, target)),
  }),
  user: async (world, role, target) => ({ id: await userIn(world, role, target) }),
  policy: async (world, role, target) => ({
    id: nameless(target, 'pol_AAAAAAAAAAAAAAAAAAAA') ?? (await makePolicy(world, role, target)),
  }),
  policy_user: async (world, role, target) => ({ id: world.policyId, userId: await userIn(world, role, target) }),
  invitation: async (world, _role, target) => ({
    id: nameless(target, 'inv_AAAAAAAAAAAAAAAAAAAA') ?? (await makeInvitation(world, target)),
  }),
  webhook: async (world, _role, target) => ({
    id: nameless(target, 'whk_AAAAAAAAAAAAAAAAAAAA') ?? (await makeWebhook(world, target)),
  }),
  session: async (world, role, target) => ({
    id: nameless(target, 'ses_AAAAAAAAAAAAAAAAAAAA') ?? (await makeSession(world, role, target)),
  }),
};

/** Ids that name nothing. */
function nameless(target: TargetName, absent: string): string | null {
  if (target === 'absent') return absent;
  return target === 'malformed' ? `${absent.slice(0, 4)}not-an-id` : null;
}

async function userIn(world: MatrixWorld, role: Role, target: TargetName): Promise<string> {
  return nameless(target, 'usr_AAAAAAAAAAAAAAAAAAAA') ?? (await somebody(world, role, target)).id;
}

/** The user a target belongs to: the caller, the Owner, a fresh colleague, or somebody of the other account. */
async function somebody(world: MatrixWorld, role: Role, target: TargetName): Promise<User> {
  const { own, foreign } = world;
  switch (target) {
    case 'own':
      return own.scene.person(PERSON_OF[role]);
    case 'of the Owner':
      return own.scene.person('olga');
    case 'of another administrator':
      return makeUser(world, 'administrator');
    case 'of another restricted user':
      return makeUser(world, 'restricted');
    case 'foreign':
    case 'absent':
    case 'malformed':
      return foreign.scene.person('rob');
  }
}

async function makeUser({ plane, own }: MatrixWorld, userType: UserType): Promise<User> {
  const id: UserId = newUserId(plane.deps.randomBytes);
  const base = await own.scene.person('rob');
  const user: User = { ...base, id, name: 'Colleague', email: `${id}@acme.example`, userType, policyIds: [] };
  await own.scene.arrange((change) => change.users.create(user, null));
  return user;
}

async function makeKey(world: MatrixWorld, role: Role, target: TargetName): Promise<KeyId> {
  const cast = target === 'foreign' ? world.foreign : world.own;
  const owner = await somebody(world, role, target);
  return cast.makeKey(owner, {});
}

async function makePolicy(world: MatrixWorld, role: Role, target: TargetName): Promise<PolicyId> {
  if (target === 'foreign') return world.foreignPolicyId;
  return world.own.scene.policy([], ...(target === 'own' ? [PERSON_OF[role]] : []));
}

/** Whoever sent them, the Owner and administrators manage all invitations of the account; the Owner stands for all senders. */
async function makeInvitation(world: MatrixWorld, target: TargetName): Promise<InvitationId> {
  const { scene } = target === 'foreign' ? world.foreign : world.own;
  const id = newInvitationId(world.plane.deps.randomBytes);
  const inviter = await scene.person('olga');
  const now = world.plane.installation.clock.now();
  const times = { createdAt: now, sentAt: now, expiresAt: invitationExpiry(now) };
  const person = { email: `${id}@acme.example`, name: 'Newcomer', userType: 'restricted' } as const;
  const invitation = { ...person, ...times, id, accountId: inviter.accountId, invitedBy: inviter.id, resends: 0 };
  await scene.arrange((change) => change.invitations.create(invitation, id));
  return id;
}

async function makeSession(world: MatrixWorld, role: Role, target: TargetName): Promise<string> {
  const cast = target === 'foreign' ? world.foreign : world.own;
  return (await cast.newSession(await somebody(world, role, target))).id;
}

async function makeWebhook({ plane, own, foreign }: MatrixWorld, target: TargetName): Promise<string> {
  const { scene } = target === 'foreign' ? foreign : own;
  const id = newWebhookId(plane.deps.randomBytes);
  await scene.arrange((change) =>
    change.webhooks.create({
      id,
      accountId: scene.account.id,
      url: 'https://hooks.example/',
      eventNames: ['key.*'],
      description: null,
      secret: 'never decrypted',
      createdAt: scene.now,
      disabledAt: null,
    }),
  );
  return id;
}
