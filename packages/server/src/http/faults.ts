import { StoreFault } from '@claviger/storage';
import type { HttpRefusal } from './http-refusal.ts';

/** What a thrown fault is to the client: something in the request, something that passes, or a fault of ours. */
export function refusalOfFault(fault: unknown, bodyBytesLargest: number): HttpRefusal {
  if (fault instanceof StoreFault) return refusalOfStoreFault(fault);
  switch (fault instanceof Error && 'code' in fault ? fault.code : null) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return { kind: 'body-too-large', largestBytes: bodyBytesLargest };
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
    case 'FST_ERR_CTP_INVALID_TYPE':
    case 'FST_ERR_CTP_EMPTY_TYPE':
      return { kind: 'unsupported-media-type' };
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_ROUTE_MISSING_CONTENT_TYPE':
    case 'FST_ERR_ROUTE_MISSING_CONTENT':
    // The client went away in the middle of its body: nobody reads the answer, and nothing is wrong with us.
    case 'ECONNRESET':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return { kind: 'bad-request-line' };
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_INVALID_URL':
    case 'FST_ERR_MAX_PARAM_LENGTH':
    case 'FST_ERR_ASYNC_CONSTRAINT':
      return { kind: 'bad-target' };
    // A full or broken disk under `ended.log`.
    case 'ENOSPC':
    case 'EIO':
    case 'EROFS':
    case 'EDQUOT':
      return { kind: 'unavailable' };
    default:
      return { kind: 'fault' };
  }
}

function refusalOfStoreFault(fault: StoreFault): HttpRefusal {
  switch (fault.kind) {
    case 'unavailable':
      return { kind: 'unavailable' };
    case 'bad-cursor':
      return { kind: 'bad-cursor' };
    case 'replay-taken':
      return { kind: 'idempotency-key-in-use' };
    case 'damaged':
      return { kind: 'fault' };
    default:
      return { kind: 'fault' };
  }
}
