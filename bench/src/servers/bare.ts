import { createServer } from 'node:http';

/**
 * The floor: a server that reads the same request and answers the same number of bytes, and decides nothing.
 * The argument says which of the two calls it stands for.
 */
const ANSWERS = {
  verify: {
    status: 200,
    headers: { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' },
    body: JSON.stringify({
      object: 'decision',
      allow: true,
      code: 'allowed',
      version: '1.1',
      key: {
        id: 'key_000000000000',
        kind: 'master',
        name: null,
        owner_id: 'usr_00000000000000000000',
        expires_at: '2090-01-01T00:00:00.000Z',
        expiring: false,
      },
      account_id: 'acc_000000000000000bench',
      permissions: [{ resource_type: 'database', operation: 'query', ids: ['sales', 'web_*'] }],
    }),
  },
  authz: {
    status: 200,
    headers: {
      'Cache-Control': 'no-store',
      'Claviger-Key-Id': 'key_000000000000',
      'Claviger-Key-Kind': 'master',
      'Claviger-Owner-Id': 'usr_00000000000000000000',
      'Claviger-Account-Id': 'acc_000000000000000bench',
      'Claviger-Permissions': 'database:query:sales|web_*',
      'Claviger-Key-Expires': '',
    },
    body: '',
  },
} as const;

const answer = ANSWERS[process.argv[2] === 'authz' ? 'authz' : 'verify'];
const headers = { ...answer.headers, 'Request-Id': 'req_00000000000000000000', 'Content-Length': answer.body.length };

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(answer.status, headers);
    response.end(answer.body);
  });
});
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(typeof address === 'object' ? address?.port : address);
});
process.on('SIGTERM', () => process.exit(0));
