import { type RandomBytes, randomBase62 } from '@claviger/core';

/** Characters drawn at the start of a process, so that no two processes count alike. */
const DRAWN_LENGTH = 12;

/** Names requests: a random part for the process and a count, since drawing each would cost more than deciding. */
export function createRequestIds(randomBytes: RandomBytes): () => string {
  const start = `req_${randomBase62(DRAWN_LENGTH, randomBytes)}`;
  let count = 0;
  return () => {
    count += 1;
    return start + count;
  };
}
