import type { INestApplication } from '@nestjs/common';
import type { SwaggerCustomOptions } from '@nestjs/swagger';
import { PagesConfig } from '../config/config.js';
import { BuiltInClients, DOCS_CLIENT } from '../oauth/clients/built-in-clients.js';
import { PageLanguages } from '../pages/rendering/page-words.js';
import { ADMIN_SCOPES } from '../users/role.js';

/** What Swagger UI asks for: what its user may do, for as long as an access token is good. */
const DOCS_SCOPES = ['openid', 'account', 'roles', ...ADMIN_SCOPES];

/** Each with what it means, in the words of the page that asks whether an application may have it. */
export function docsScopes(app: INestApplication): Record<string, string> {
  const { words } = new PageLanguages(app.get(PagesConfig).directory).choose(null);
  return Object.fromEntries(DOCS_SCOPES.map((scope) => [scope, words[`scope.${scope}`] ?? scope]));
}

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
  app.get(BuiltInClients, { strict: false }).declare(DOCS_CLIENT, {
    name: 'Swagger UI',
    type: 'public',
    firstParty: true,
    grants: ['authorization_code'],
    redirectUris: [redirectUri],
    scopes: DOCS_SCOPES,
    origins: [new URL(docs).origin],
  });
  return {
    oauth2RedirectUrl: redirectUri,
    initOAuth: { clientId: DOCS_CLIENT, scopes: DOCS_SCOPES, usePkceWithAuthorizationCodeGrant: true },
  };
}
