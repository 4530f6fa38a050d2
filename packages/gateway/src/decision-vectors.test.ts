import { readFileSync } from 'node:fs';
import { decision as decisionSchema, decisions as decisionsSchema, type FeedRecord } from '@claviger/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseResourceTemplate } from './resource-template.ts';
import { compileRouteRules, type RouteRule } from './route-rules.ts';
import { ask } from './testing/raw-http.ts';
import { type RunningDataPlane, runDataPlane } from './testing/running-data-plane.ts';

type Case = {
  readonly name: string;
  readonly rule: string;
  readonly now: number;
  readonly question: {
    readonly key: string;
    readonly operation?: string;
    readonly resource?: string;
    readonly ip?: string;
    readonly origin?: string;
    readonly min_version?: string;
  };
  readonly expected: {
    readonly allow: boolean;
    readonly code: string;
    readonly status: number;
    readonly key_id: string | null;
  };
};
type Vectors = {
  readonly asker: { readonly internal_key: string };
  readonly records: readonly FeedRecord[];
  readonly cases: readonly Case[];
};

const path = new URL('../../core/vectors/decision.json', import.meta.url);
const vectors = JSON.parse(readFileSync(path, 'utf8')) as Vectors;
const HEADERS = [`Authorization: Bearer ${vectors.asker.internal_key}`, 'Content-Type: application/json'];

let plane: RunningDataPlane;
const start = async (): Promise<void> => {
  plane = await runDataPlane(vectors.records, { routes: compileRouteRules('authenticate_only', rules()) });
};
const stop = (): Promise<void> => plane.stop();

/** One rule for each operation that the vectors ask about: `GET /<type>/<operation>/:name`. */
function rules(): readonly RouteRule[] {
  const asked = vectors.cases.flatMap(({ question: { operation, resource } }) =>
    operation === undefined || resource === undefined ? [] : [`${resource.split(':')[0]}:${operation}`],
  );
  return [...new Set(asked)].map((typeAndOperation) => {
    const [type = '', operation = ''] = typeAndOperation.split(':');
    const segments = [type, operation, ':name'];
    const resource = parseResourceTemplate(`${type}::name`, segments);
    if (!resource.ok) throw new Error(resource.refusal);
    return {
      method: 'GET',
      segments,
      typeAndOperation,
      resource: resource.value,
      keyHeader: null,
      allowWriteKeyQuery: false,
    };
  });
}

describe('POST /v1/keys/verify answers as the vectors say (D8)', () => {
  beforeAll(start);
  afterAll(stop);
  test.each(vectors.cases)('$name ($rule)', async ({ now, question, expected }) => {
    plane.setNow(now);
    const { body } = await ask(plane.port, ['POST /v1/keys/verify HTTP/1.1', ...HEADERS], JSON.stringify(question));
    const told = decisionSchema.parse(JSON.parse(body));
    expect([told.allow, told.code, told.key?.id ?? null]).toEqual([expected.allow, expected.code, expected.key_id]);
  });
});

describe('POST /v1/keys/verify-batch answers as the vectors say (D8)', () => {
  beforeAll(start);
  afterAll(stop);
  /** Cases at one time, one after the other: they go into one batch. */
  const batches = vectors.cases.reduce<Case[][]>((groups, vector) => {
    const group = groups.at(-1);
    if (group !== undefined && group[0]?.now === vector.now) group.push(vector);
    else groups.push([vector]);
    return groups;
  }, []);
  test.each(batches.map((cases) => ({ title: `${cases.length} from "${cases[0]?.name}" on`, cases })))(
    '$title',
    async ({ cases }) => {
      plane.setNow(cases[0]?.now ?? 0);
      const questions = JSON.stringify({ questions: cases.map(({ question }) => question) });
      const { body } = await ask(plane.port, ['POST /v1/keys/verify-batch HTTP/1.1', ...HEADERS], questions);
      const { data } = decisionsSchema.parse(JSON.parse(body));
      expect(data.map(({ code, key }) => [code, key?.id ?? null])).toEqual(
        cases.map(({ expected }) => [expected.code, expected.key_id]),
      );
    },
  );
});

/** What a proxy can ask: it waits for no version, and on a path without a rule it lets in no more than whole master keys. */
const ruled = vectors.cases.filter(
  ({ question, expected }) =>
    question.min_version === undefined && (question.operation !== undefined || !expected.allow),
);

describe('nginx is answered as the vectors say (D8, D10)', () => {
  beforeAll(start);
  afterAll(stop);
  // A proxy on this machine is bound to no account, so another account's key is known to it (T1).
  test.each(ruled.filter(({ rule }) => rule !== 'T1'))('$name ($rule)', async ({ now, question, expected }) => {
    plane.setNow(now);
    const { key, operation, resource = '', ip, origin } = question;
    const name = encodeURIComponent(resource.slice(resource.indexOf(':') + 1));
    const target = operation === undefined ? '/free' : `/${resource.split(':')[0]}/${operation}/${name}`;
    const answer = await ask(plane.port, [
      'GET /v1/authz/nginx HTTP/1.1',
      'X-Original-Method: GET',
      `X-Original-URI: ${target}`,
      `X-Api-Key: ${key}`,
      ...(ip === undefined ? [] : [`X-Real-IP: ${ip}`]),
      ...(origin === undefined ? [] : [`Origin: ${origin}`]),
    ]);
    const sent = expected.status === 429 || expected.status === 503 ? 403 : expected.status;
    expect([answer.status, answer.headers['claviger-status'] ?? '200']).toEqual([sent, String(expected.status)]);
    expect(answer.headers['claviger-key-id']).toBe(expected.allow ? expected.key_id : '');
  });
});
