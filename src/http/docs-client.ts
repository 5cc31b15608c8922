import type { INestApplication } from '@nestjs/common';
import type { SwaggerCustomOptions } from '@nestjs/swagger';
import { BuiltInClients, DOCS_CLIENT } from '../oauth/clients/built-in-clients.js';
import { ADMIN_SCOPES } from '../users/role.js';

/** What Swagger UI asks for: what its user may do, for as long as an access token is good. */
export const DOCS_SCOPES: Readonly<Record<string, string>> = {
  openid: 'that you are signed in',
  account: 'your account: profile, sessions, password',
  roles: 'your roles',
  ...Object.fromEntries(ADMIN_SCOPES.map((scope) => [scope, 'as far as a role of yours gives it'])),
};

/**
 * Has Swagger UI sign in by code and PKCE, as a client that keeps no secret: codes go to its own page alone, and it gets no refresh
 * token.
 * @param docs address of Swagger UI
 */
export function signInDocs(
  app: INestApplication,
  docs: string,
): NonNullable<SwaggerCustomOptions['swaggerOptions']> {
  const redirectUri = `${docs}/oauth2-redirect.html`;
  const scopes = Object.keys(DOCS_SCOPES);
  app.get(BuiltInClients, { strict: false }).declare(DOCS_CLIENT, {
    name: 'Swagger UI',
    type: 'public',
    firstParty: true,
    grants: ['authorization_code'],
    redirectUris: [redirectUri],
    scopes,
    origins: [new URL(docs).origin],
  });
  return {
    oauth2RedirectUrl: redirectUri,
    initOAuth: { clientId: DOCS_CLIENT, scopes, usePkceWithAuthorizationCodeGrant: true },
  };
}
