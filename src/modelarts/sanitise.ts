const longest = 300;
const shortestSecret = 6;

/**
 * Makes a text of the service fit for messages and histories: one line, short, and without anything that looks like a
 * token. The gateway prints the signed headers back when a signature fails, the security token among them.
 */
export function sanitise(text: string, secrets: readonly string[] = []): string {
  let clean = text;
  for (const secret of secrets) {
    // Real keys and tokens are long; a short one, as in a demonstration, would only tear words apart.
    if (secret.length >= shortestSecret) clean = clean.split(secret).join('[secret]');
  }
  clean = clean
    // Control characters are what must not reach a terminal or a log line.
    .replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')
    .replace(
      /(x-(?:auth|subject|security)-token|authorization|password|signature)(["']?\s*[:=]\s*)[^|,;\s]+/gi,
      '$1$2[secret]',
    )
    .replace(/[A-Za-z0-9+/_=-]{80,}/g, '[secret]')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > longest ? `${clean.slice(0, longest - 1)}…` : clean;
}
