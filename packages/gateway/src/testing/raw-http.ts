import { connect } from 'node:net';

/** An answer as it stood on the wire. */
export type RawAnswer = {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
};

/** Writes text to a port as it is and reads until the other side hangs up. */
export function exchangeRaw(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(text, 'latin1'));
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    socket.on('error', reject);
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

/** Sends one request whose lines are written as they are, and reads the answer; `Connection: close` is added. */
export async function ask(port: number, lines: readonly string[], body = ''): Promise<RawAnswer> {
  const [line = '', ...headers] = lines;
  const length = body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body, 'latin1')}`];
  const head = [line, 'Host: test', 'Connection: close', ...length, ...headers].join('\r\n');
  return parseAnswers(await exchangeRaw(port, `${head}\r\n\r\n${body}`))[0] ?? NO_ANSWER;
}

/** What stands for a connection that was closed without a word. */
const NO_ANSWER: RawAnswer = { status: 0, headers: {}, body: '' };

/** Takes answers apart that follow one another on a connection. */
export function parseAnswers(text: string): readonly RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== ''; ) {
    const end = rest.indexOf('\r\n\r\n');
    if (end === -1) throw new Error(`no answer: ${JSON.stringify(rest)}`);
    const [line = '', ...lines] = rest.slice(0, end).split('\r\n');
    const headers = Object.fromEntries(lines.map(parseLine));
    const length = Number(headers['content-length'] ?? '0');
    answers.push({ status: Number(line.split(' ')[1]), headers, body: rest.slice(end + 4, end + 4 + length) });
    rest = rest.slice(end + 4 + length);
  }
  return answers;
}

function parseLine(line: string): readonly [string, string] {
  const colon = line.indexOf(':');
  return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
}
