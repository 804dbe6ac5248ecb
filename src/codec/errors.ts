/** Why an encrypted payload cannot be read. */
export type Obstacle =
  | { readonly cause: 'missing'; readonly known: readonly string[] }
  | { readonly cause: 'undecipherable' };

/** This process cannot read a payload. The id of a key is not a secret. */
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
      const has = obstacle.known.length === 0 ? 'is not set here' : `only has ${obstacle.known.join(', ')}`;
      return `a payload is encrypted with key ${keyId || 'without an id'}, but MAOPS_CODEC_KEYS ${has}`;
    }
    case 'undecipherable':
      return `cannot decrypt a payload with key ${keyId}: the payload was changed, or MAOPS_CODEC_KEYS has another key with this id`;
  }
}

/** The `EncryptedPayloadError` among the causes of an error, or null. */
export function findEncryptedPayload(error: unknown): EncryptedPayloadError | null {
  for (let next = error; next instanceof Error; next = next.cause) {
    if (next instanceof EncryptedPayloadError) return next;
  }
  return null;
}
