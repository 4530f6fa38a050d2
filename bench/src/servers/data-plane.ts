import { randomBytes } from 'node:crypto';
import { compileRouteRules, createDataPlane, parseRouteFile } from '@claviger/gateway';
import { sampleKeys } from '../sample-keys.ts';
import { loadedVerifier } from './loaded-verifier.ts';

/** The data plane as `claviger serve` runs it, over as many sample keys as the argument says. */
const ROUTES = {
  unmatched: 'refuse',
  rules: [{ method: 'GET', path: '/v1/events/:database/:table', operation: 'query', resource: 'database::database' }],
};

const { verifier, clock } = await loadedVerifier(sampleKeys(Number(process.argv[2])).source);
const parsed = parseRouteFile(JSON.stringify(ROUTES));
const dataPlane = createDataPlane({
  verifier,
  clock,
  randomBytes,
  routes: parsed.ok ? parsed.value : compileRouteRules('refuse', []),
  trustedProxies: [],
  publicUrl: 'http://127.0.0.1:4400',
  onFault: (fault) => console.error(fault),
});
const { port } = await dataPlane.start({ host: '127.0.0.1', port: 0 });
console.log(port);
process.on('SIGTERM', () => process.exit(0));
