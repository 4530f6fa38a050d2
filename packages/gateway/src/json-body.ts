import { isUtf8 } from 'node:buffer';
import { type Exchange } from './exchange.ts';
import { bodyTooLarge, MALFORMED_JSON, type Problem, UNSUPPORTED_MEDIA_TYPE } from './problems.ts';
import { DROPPED_BYTES_MOST, readBody } from './request-body.ts';

/** What came of a body. */
export type JsonBody =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly refusal: Problem };

/** What the headers say of the body. */
type Announced = { hasBody: boolean; isJson: boolean; isTooLarge: boolean };

const JSON_TYPE = /^application\/json\s*(?:;(?!.*charset)[^,]*|;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;
const NO_BODY: JsonBody = { ok: true, value: {} };

/** Receives a JSON body of at most `largest` bytes; no body at all counts as `{}`. Calls `done` once, or never. */
export function receiveJson(exchange: Exchange, largest: number, done: (body: JsonBody) => void): void {
  const { hasBody, isJson, isTooLarge } = announced(exchange.request.rawHeaders);
  if (!isJson) done({ ok: false, refusal: UNSUPPORTED_MEDIA_TYPE });
  else if (!hasBody) done(NO_BODY);
  else if (isTooLarge) done({ ok: false, refusal: bodyTooLarge(largest, true) });
  else {
    readBody(exchange.request, largest, (body) => {
      if (body.kind === 'read') done(parseJson(body.bytes));
      else done({ ok: false, refusal: bodyTooLarge(largest, body.mustClose) });
    });
  }
}

function parseJson(bytes: Buffer): JsonBody {
  if (bytes.length === 0) return NO_BODY;
  // Buffer would put a replacement character in the place of bytes that are no UTF-8.
  if (!isUtf8(bytes)) return { ok: false, refusal: MALFORMED_JSON };
  try {
    const value: unknown = JSON.parse(bytes.toString('utf8'));
    return { ok: true, value };
  } catch {
    // The parser's own words quote the body, which holds a secret: they go nowhere.
    return { ok: false, refusal: MALFORMED_JSON };
  }
}

/** Read from `rawHeaders`: `headers` is built at the first look, for every header, and is never needed here. */
function announced(rawHeaders: readonly string[]): Announced {
  const found: Announced = { hasBody: false, isJson: true, isTooLarge: false };
  let hasType = false;
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] as string;
    const value = rawHeaders[index + 1] as string;
    switch (name.length) {
      case 12:
        if (name.toLowerCase() !== 'content-type') break;
        hasType = true;
        if (value !== 'application/json' && !JSON_TYPE.test(value)) found.isJson = false;
        break;
      case 14:
        if (name.toLowerCase() !== 'content-length') break;
        found.hasBody = value !== '0';
        found.isTooLarge = Number(value) > DROPPED_BYTES_MOST;
        break;
      case 16:
        if (name.toLowerCase() === 'content-encoding' && value !== 'identity') found.isJson = false;
        break;
      case 17:
        if (name.toLowerCase() === 'transfer-encoding') found.hasBody = true;
        break;
      default:
    }
  }
  if (found.hasBody && !hasType) found.isJson = false;
  return found;
}
