/** Why an encrypted payload stays closed. */
export type Obstacle =
  | { readonly cause: 'missing'; readonly known: readonly string[] }
  | { readonly cause: 'undecipherable' };

/** A payload that this process cannot read; names the key's id, which is no secret. */
export class EncryptedPayloadError extends Error {
  override readonly name = 'EncryptedPayloadError';

  constructor(
    readonly keyId: string,
    obstacle: Obstacle,
  ) {
    super(describe(keyId, obstacle));
  }
}

function describe(keyId: string, obstacle: Obstacle): string {
  switch (obstacle.cause) {
    case 'missing': {
      const has = obstacle.known.length === 0 ? 'is not set here' : `has only ${obstacle.known.join(', ')}`;
      return `a payload is encrypted with key ${keyId || 'without an id'}, and MAOPS_CODEC_KEYS ${has}`;
    }
    case 'undecipherable':
      return `a payload cannot be decrypted with key ${keyId}: it was changed, or MAOPS_CODEC_KEYS has another key under that id`;
  }
}

/** The error of ours that an error of the Temporal client carries, however deep. */
export function findEncryptedPayload(error: unknown): EncryptedPayloadError | null {
  for (let next = error; next instanceof Error; next = next.cause) {
    if (next instanceof EncryptedPayloadError) return next;
  }
  return null;
}
