import { decisions as decisionsSchema } from '@claviger/contract';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';
import { ask } from './testing/raw-http.ts';
import { keyText } from './testing/sample-state.ts';
import { AUTHORIZATION, askBatch, GOOD, JSON_TYPE, problemIn, RECORDS } from './testing/verify-requests.ts';

let plane: RunningDataPlane;
beforeAll(async () => {
  plane = await runDataPlane(RECORDS);
});
afterAll(() => plane.stop());

test('a batch of 1,000 questions is answered in its order (D8)', async () => {
  const questions = Array.from({ length: 1_000 }, (_, index) =>
    index % 2 === 0 ? GOOD : { key: keyText(999), authenticate_only: true },
  );
  const { data } = decisionsSchema.parse(JSON.parse((await askBatch(plane.port, { questions })).body));
  expect(data.map(({ code }) => code)).toEqual(
    questions.map((_, index) => (index % 2 === 0 ? 'allowed' : 'not_found')),
  );
});

test('the questions of a batch wait for their versions side by side, and only those asked for are stale (D7)', async () => {
  const { n } = plane.verifier.position() ?? { n: 0 };
  const questions = [GOOD, { ...GOOD, min_version: `1.${n + 5}` }, { ...GOOD, min_version: `1.${n}` }];
  const { data } = decisionsSchema.parse(JSON.parse((await askBatch(plane.port, { questions })).body));
  expect(data.map(({ code }) => code)).toEqual(['allowed', 'stale', 'allowed']);
});

test.each([
  [{}, ['/questions']],
  [{ questions: [] }, ['/questions']],
  [{ questions: {} }, ['/questions']],
  [{ questions: [GOOD], more: 1 }, ['/more']],
  [{ questions: [GOOD, { key: 'x' }, { ...GOOD, ip: 'x' }] }, ['/questions/1', '/questions/2/ip']],
])('the batch %j is refused whole', async (body, pointers) => {
  const problem = problemIn(await askBatch(plane.port, body));
  expect([problem.code, problem.errors?.map(({ pointer }) => pointer)]).toEqual(['invalid_body', pointers]);
});

test('1,001 questions are too many, and so are a hundred thousand', async () => {
  for (const count of [1_001, 100_000]) {
    const problem = problemIn(
      await askBatch(plane.port, { questions: Array.from({ length: count }, () => (count > 2_000 ? 1 : GOOD)) }),
    );
    expect(problem.errors?.some(({ pointer, code }) => pointer === '/questions' && code === 'too_many')).toBe(true);
  }
});

test('a batch may be 1 MiB, and no more', async () => {
  const answer = await ask(
    plane.port,
    ['POST /v1/keys/verify-batch HTTP/1.1', AUTHORIZATION, JSON_TYPE],
    ' '.repeat(1_048_577),
  );
  expect([answer.status, problemIn(answer)['largest_bytes']]).toEqual([413, 1_048_576]);
});
