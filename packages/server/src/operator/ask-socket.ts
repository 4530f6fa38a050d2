import { request } from 'node:http';
import { type OperatorAnswer, operatorAnswer, type OperatorRequest } from '@claviger/contract';

/** Nobody listens there: the server is stopped, was killed, or the path is longer than a socket's may be. */
const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ECONNRESET', 'EINVAL', 'ENAMETOOLONG'];

/** Asks the running server of a data folder; null when none answers there. */
export async function askSocket(path: string, asked: OperatorRequest): Promise<OperatorAnswer | null> {
  try {
    const text = await exchange(path, JSON.stringify(asked));
    return operatorAnswer.parse(JSON.parse(text));
  } catch (fault) {
    const code = fault instanceof Error && 'code' in fault ? String(fault.code) : '';
    if (NOBODY.includes(code)) return null;
    if (code === 'EACCES' || code === 'EPERM') {
      const line = `${path} belongs to another user: run this as the user that the server runs as`;
      return { ok: false, ending: 'not_allowed', line };
    }
    throw fault;
  }
}

function exchange(socketPath: string, body: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
    const call = request({ socketPath, method: 'POST', path: '/', headers }, (answer) => {
      const parts: Buffer[] = [];
      answer.on('data', (part: Buffer) => parts.push(part));
      answer.on('error', reject);
      answer.on('end', () => resolve(Buffer.concat(parts).toString('utf8')));
    });
    call.on('error', reject);
    call.end(body);
  });
}
