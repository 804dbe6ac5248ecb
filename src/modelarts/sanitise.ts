const maxLength = 300;
const minSecretLength = 6;

/**
 * Makes a text of the service safe for messages and histories: one line, at most 300 characters, nothing that looks
 * like a token. When a signature fails, the gateway echoes the signed headers, which include the security token.
 */
export function sanitise(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    // Real keys and tokens are long. Replacing a short one, such as a demo's, would corrupt ordinary words.
    if (secret.length >= minSecretLength) clean = clean.split(secret).join('[secret]');
  }
  clean = clean
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(
      /((?:x-(?:auth|subject|security)-)?token|authorization|password|signature)(["']?\s*[:=]\s*)[^|,;\s]+/gi,
      '$1$2[secret]',
    )
    .replace(/[A-Za-z0-9+/_=-]{80,}/g, '[secret]')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > maxLength ? `${clean.slice(0, maxLength - 1)}…` : clean;
}
