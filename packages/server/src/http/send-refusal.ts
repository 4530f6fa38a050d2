import type { FastifyReply } from 'fastify';
import type { HttpRefusal } from './http-refusal.ts';
import type { Place } from './problems/problem-words.ts';
import { problemOf } from './problems.ts';

/** Sends a refusal as a problem. It goes out as bytes, past any answer schema and without a `charset` that its type does not have. */
export function sendRefusal(reply: FastifyReply, refusal: HttpRefusal, place: Place): FastifyReply {
  const problem = problemOf(refusal, reply.request.id, place);
  return reply.code(problem.status).headers(problem.headers).send(Buffer.from(problem.body));
}
