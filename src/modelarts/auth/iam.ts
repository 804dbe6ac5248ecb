import { parseInstant } from '../../domain/resource/instant.js';
import type { PasswordCredentials } from '../credentials.js';
import { malformedAnswer } from '../failure.js';
import { Secret } from '../secret.js';
import type { Sender } from '../sender.js';
import { CredentialGate } from './credential-gate.js';
import { type IssueToken, issuedTokenSchema, passwordTokenBody } from './password-token.js';

const template = '/v3/auth/tokens';
const patienceMs = 10_000;

/** Gets tokens from IAM (docs/api/notebooks-and-auth.md "4.1 IAM token flow"); a wrong password is tried three times at most, as IAM locks users too. */
export function createTokenIssuer(
  credentials: PasswordCredentials,
  options: { sender: Sender; userAgent: string; timeoutMs: number; now: () => number },
): IssueToken {
  const { sender, userAgent, timeoutMs, now } = options;
  const base = credentials.iamEndpoint.replace(/\/+$/, '').replace(/\/v3$/, '');
  const context = { operation: 'iam.token', method: 'POST', template, subject: `user ${credentials.username}` };
  const gate = new CredentialGate(`the password of user ${credentials.username}`, now);

  return async () => {
    const pass = await gate.enter(context);
    try {
      await sender.admit(context, 'delete', patienceMs);
      // The catalogue would make the answer and the token several kilobytes longer.
      const url = new URL(`${base}${template}?nocatalog=true`);
      const headers = {
        'Content-Type': 'application/json;charset=utf8',
        Accept: 'application/json',
        'User-Agent': userAgent,
        Host: url.host,
      };
      const body = JSON.stringify(passwordTokenBody(credentials));
      const request = { method: 'POST', url, headers, body, timeoutMs };
      const { answer, parsed, requestId, refusal } = await sender.send({
        context,
        request,
        secrets: [credentials.password.reveal()],
      });
      if (refusal !== null) {
        if (answer.status === 401) pass.rejected(refusal.error);
        throw refusal.error;
      }
      pass.accepted();
      const token = answer.header('x-subject-token');
      if (token === null || token === '') throw malformedAnswer(context, answer, requestId, 'no X-Subject-Token');
      const read = issuedTokenSchema.safeParse(parsed);
      const expiresAt = parseInstant(read.success ? read.data.token?.expires_at : undefined);
      return { token: new Secret(token), expiresAt };
    } finally {
      pass.released();
    }
  };
}
