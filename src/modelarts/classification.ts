import type { ModelArtsErrorKind } from './errors.js';

/** The meaning of an error response. */
export interface Classification {
  readonly kind: ModelArtsErrorKind;
  /** A new token may help: authenticate again and send the call once more. */
  readonly renew: boolean;
  /** The service rejected the key, password or token itself. Repeated use locks it for everyone. */
  readonly credentialRejected: boolean;
  /** True when the table has the pair; otherwise only the HTTP status was used. */
  readonly known: boolean;
}

interface Row {
  readonly status: number | 'any';
  readonly codes: string;
  readonly kind: ModelArtsErrorKind;
  readonly renew?: true;
  readonly credentialRejected?: true;
}

/**
 * The one table from (HTTP status, error_code) to a kind: docs/api/notebooks-and-auth.md "4.6 Authentication failures"
 * and "5.2 Table", docs/api/pools-and-flavors.md "1.2 Error envelope", docs/api/notebooks-current.md "10. Errors".
 * Codes are without `ModelArts.`, and the gateway's `APIG.` counts as `APIGW.`. Texts are never used.
 */
const rows: readonly Row[] = [
  { status: 400, codes: '6309 6404 2890', kind: 'notFound' },
  { status: 400, codes: '6301', kind: 'exists' },
  { status: 400, codes: '6304 6305 6306 6307 6308 6327 6347 6357', kind: 'stateConflict' },
  { status: 400, codes: '6302 0113 0118 7006', kind: 'quota' },
  { status: 400, codes: '1003 6326', kind: 'billing' },
  { status: 400, codes: '6319 6328 6350 6353 6354 6374 6376 6377 6378 6379 6782 6789 7002 7003', kind: 'permission' },
  // Restoring and initialising: passes by itself within minutes.
  { status: 400, codes: '6333 6355', kind: 'unavailable' },
  { status: 400, codes: '0204', kind: 'auth', renew: true },
  { status: 400, codes: '6329 6360 6528 6716', kind: 'soldOut' },

  {
    status: 401,
    codes: '0201 0202 0203 0204 0212 5001 5002 6608 6620 50001000',
    kind: 'auth',
    renew: true,
    credentialRejected: true,
  },
  {
    status: 401,
    codes: 'APIGW.0301 APIGW.0303 APIGW.0305 APIGW.0307',
    kind: 'auth',
    renew: true,
    credentialRejected: true,
  },
  // Wrong headers or region: a new token or signature would be rejected as well.
  { status: 401, codes: '0205 0206 0207 0208 0209 0210', kind: 'auth', credentialRejected: true },
  { status: 401, codes: '0112 0428', kind: 'permission' },
  { status: 401, codes: '6201 6203', kind: 'billing' },

  { status: 403, codes: '0203', kind: 'auth', renew: true, credentialRejected: true },
  { status: 403, codes: '0206', kind: 'auth', credentialRejected: true },
  // The project in the path is not the token's. The key is valid, but the configuration is wrong.
  { status: 403, codes: '0210', kind: 'auth' },
  { status: 403, codes: '0108 0112 2785 APIGW.0302 APIGW.0306 APIGW.0310 APIGW.0801 APIGW.0802', kind: 'permission' },

  { status: 404, codes: '50015001 50025001 50005101 2890 6309 6404', kind: 'notFound' },
  // The API does not exist here, which does not mean that a resource is absent.
  { status: 404, codes: 'APIGW.0101', kind: 'rejected' },

  { status: 409, codes: '50015000 50025000 6301', kind: 'exists' },
  { status: 409, codes: '50025002', kind: 'stateConflict' },
  { status: 400, codes: '50015000', kind: 'exists' },
  { status: 400, codes: '50025002', kind: 'stateConflict' },

  // Mistakes in a request, which a response with a success status can report too.
  { status: 400, codes: '6400 6792 6797 6870 0102 7005', kind: 'rejected' },

  // Missing capacity, reported as a server error.
  { status: 500, codes: '6200', kind: 'soldOut' },

  { status: 'any', codes: '3952 4992', kind: 'soldOut' },
  { status: 'any', codes: '0116', kind: 'quota' },
  { status: 'any', codes: '6401', kind: 'auth', renew: true, credentialRejected: true },
  // An image that only offers SSH. The table prints HTTP 100.
  { status: 'any', codes: '6768', kind: 'rejected' },
  { status: 'any', codes: '6407', kind: 'permission' },
  { status: 'any', codes: 'APIGW.0308', kind: 'throttled' },
];

const table = new Map(
  rows.flatMap((row) => row.codes.split(' ').map((code) => [`${row.status} ${code}`, row] as const)),
);

/** The code in the spelling of the table. */
function normaliseCode(code: string): string {
  return code.replace(/^ModelArts\./, '').replace(/^APIG\./, 'APIGW.');
}

/** Whether the gateway throttles every call of this caller (docs/api/notebooks-and-auth.md "5.2 Table"). */
export function isGatewayThrottle(code: string | null): boolean {
  return code !== null && normaliseCode(code) === 'APIGW.0308';
}

function byStatus(status: number): Omit<Row, 'status' | 'codes'> {
  if (status === 401) return { kind: 'auth', renew: true, credentialRejected: true };
  if (status === 403) return { kind: 'permission' };
  if (status === 404 || status === 410) return { kind: 'notFound' };
  if (status === 408) return { kind: 'unavailable' };
  if (status === 409) return { kind: 'stateConflict' };
  if (status === 429) return { kind: 'throttled' };
  if (status >= 500) return { kind: 'unavailable' };
  if (status >= 300) return { kind: 'rejected' };
  return { kind: 'malformed' };
}

/** Classifies a status and code. A 2xx with an error code counts as a 400. */
export function classify(status: number, code: string | null): Classification {
  const effective = status >= 200 && status < 300 ? 400 : status;
  const plain = code === null ? '' : normaliseCode(code);
  const row = table.get(`${effective} ${plain}`) ?? table.get(`any ${plain}`);
  const found: Omit<Row, 'status' | 'codes'> =
    row ?? (effective === 404 && plain.startsWith('APIGW.') ? { kind: 'rejected' as const } : byStatus(effective));
  return {
    kind: found.kind,
    renew: found.renew ?? false,
    credentialRejected: found.credentialRejected ?? false,
    known: row !== undefined,
  };
}

/**
 * Whether a change may have been made in spite of the error response. A 4xx is proof that it was not. A server error, a
 * time-out, and an unknown code in a response with a success status prove nothing.
 */
export function leavesOutcomeUnknown(method: string, status: number, { known }: Classification): boolean {
  if (method === 'GET') return false;
  if (status === 408 || status >= 500 || status < 200) return true;
  return status < 300 && !known;
}
