import { parseInstant } from '../../domain/resource/instant.js';
import type { PasswordCredentials } from '../credentials.js';
import { malformedResponse } from '../error-builders.js';
import { Secret } from '../secret.js';
import type { Sender } from '../sender.js';
import { CredentialBreaker } from './credential-breaker.js';
import { type IssueToken, issuedTokenSchema, passwordTokenBody } from './password-token.js';

const template = '/v3/auth/tokens';
const maxWaitMs = 10_000;

/**
 * Requests tokens from IAM (docs/api/notebooks-and-auth.md "4.1 IAM token flow"). A wrong password is sent three times
 * at most, because IAM locks users too.
 */
export function createTokenIssuer(
  credentials: PasswordCredentials,
  options: { sender: Sender; userAgent: string; timeoutMs: number; now: () => number },
): IssueToken {
  const { sender, userAgent, timeoutMs, now } = options;
  const base = credentials.iamEndpoint.replace(/\/+$/, '').replace(/\/v3$/, '');
  const context = { operation: 'iam.token', method: 'POST', template, subject: `user ${credentials.username}` };
  const breaker = new CredentialBreaker(`the password of user ${credentials.username}`, now);

  return async () => {
    const use = await breaker.acquire(context);
    try {
      await sender.admit(context, { priority: 'delete', maxWaitMs });
      // The catalogue would add several kilobytes to the response and to the token.
      const url = new URL(`${base}${template}?nocatalog=true`);
      const headers = {
        'Content-Type': 'application/json;charset=utf8',
        Accept: 'application/json',
        'User-Agent': userAgent,
        Host: url.host,
      };
      const body = JSON.stringify(passwordTokenBody(credentials));
      const request = { method: 'POST', url, headers, body, timeoutMs };
      const { response, parsed, requestId, rejection } = await sender.send({
        context,
        request,
        secrets: [credentials.password.reveal()],
      });
      if (rejection !== null) {
        if (response.status === 401) use.rejected(rejection.error);
        throw rejection.error;
      }
      use.accepted();
      const token = response.header('x-subject-token');
      if (token === null || token === '') throw malformedResponse(context, response, requestId, 'no X-Subject-Token');
      const read = issuedTokenSchema.safeParse(parsed);
      const expiresAt = parseInstant(read.success ? read.data.token?.expires_at : undefined);
      return { token: new Secret(token), expiresAt };
    } finally {
      use.released();
    }
  };
}
