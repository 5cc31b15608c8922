import type { INestApplication } from '@nestjs/common';
import { StrategyCredentials } from '../auth/credentials/strategy-credentials.js';
import { AuthCookies } from '../auth/cookies/auth-cookies.js';
import { CSRF_HEADER } from '../auth/cookies/csrf-protection.js';
import { HttpConfig } from '../config/config.js';
import { describeUserFields } from '../auth/fields/describe-user-fields.js';
import { docsScopes, signInDocs } from './docs-client.js';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

export const DOCS_PATH = '/docs';
type SecuritySchemeObject = Parameters<DocumentBuilder['addOAuth2']>[0];

const OPENAPI_PATH = '/openapi.json';

const BY_SIGN_IN = `press *Authorize* at the top, then *Authorize* of \`oauth2\`, sign in in the window that opens, and call *Read your profile*
(an account is made by *Create an account*, or at [/account/register](/account/register)).`;
const BY_TOKEN = `open *Create an account*, press *Execute*, copy the \`accessToken\` of the answer,
press *Authorize* at the top, paste it, and call *Read your profile*.`;

function descriptionOf(signIn: boolean): string {
  return `JWT authentication: register, log in, call, refresh, log out.

**To try it here:** ${signIn ? BY_SIGN_IN : BY_TOKEN} The authorisation ends with the page.

Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`.`;
}

/** The security scheme by which Swagger UI signs in. */
const SIGN_IN = 'oauth2';

function signInScheme(publicUrl: string, scopes: Record<string, string>): SecuritySchemeObject {
  return {
    type: 'oauth2',
    description: 'Code flow with PKCE (docs/oauth.md).',
    flows: {
      authorizationCode: {
        authorizationUrl: `${publicUrl}/oauth/authorize`,
        tokenUrl: `${publicUrl}/oauth/token`,
        scopes,
      },
    },
  };
}

const TAGS: [name: string, description: string][] = [
  ['Authentication', 'From an e-mail address and a password to tokens.'],
  ['Account', 'Your own profile and password.'],
  ['Sessions', 'Refresh, log out, and see where you are logged in.'],
  ['Administration', 'For the role `admin`.'],
  ['Discovery', 'For gateways and other services.'],
  ['Health', 'For orchestrators.'],
];

/** The OpenAPI 3.1 document, made from the controllers. @param signIn whether tokens can be had at `/oauth` */
function createOpenApiDocument(app: INestApplication, signIn: boolean): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Latchkey')
    .setDescription(descriptionOf(signIn))
    .setVersion('1')
    .setLicense('MIT', 'https://spdx.org/licenses/MIT.html')
    .addBearerAuth({
      type: 'http',
      scheme: 'bearer',
      bearerFormat: 'JWT',
      description: 'The `accessToken`.',
    })
    .addCookieAuth(
      app.get(AuthCookies).nameOf('access'),
      {
        type: 'apiKey',
        in: 'cookie',
        description: 'Set by `X-Auth-Mode: cookie` at login; sent by browsers.',
      },
      'cookie',
    )
    .addApiKey(
      {
        type: 'apiKey',
        in: 'header',
        name: CSRF_HEADER,
        description: 'With a cookie, not with a bearer token.',
      },
      'csrf',
    );
  const { publicUrl } = app.get(HttpConfig);
  if (signIn) builder.addOAuth2(signInScheme(publicUrl, docsScopes(app)), SIGN_IN);
  for (const { name, scheme } of app.get(StrategyCredentials).strategies)
    if (scheme) builder.addSecurity(name, { ...scheme });
  // Where a proxy serves the application below a path, callers say it too.
  const path = new URL(publicUrl).pathname.replace(/\/+$/, '');
  if (path !== '') builder.addServer(path);
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  describeUserFields(app, document);
  allowOtherCredentials(document, signIn ? [{ [SIGN_IN]: [] }] : []);
  return document;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['get', 'head', 'options']);

/** Where a bearer token is good, so is one that was had by `signIn`, and a cookie; to change something, only with the CSRF token. */
function allowOtherCredentials({ paths }: OpenAPIObject, signIn: Record<string, string[]>[]): void {
  for (const path of Object.values(paths)) {
    for (const [method, operation] of Object.entries(path) as [string, { security?: object[] }][]) {
      if (!operation.security?.some((scheme) => 'bearer' in scheme)) continue;
      // A new list: that of a class is shared by its operations.
      const byCookie = SAFE_METHODS.has(method) ? { cookie: [] } : { cookie: [], csrf: [] };
      operation.security = [...signIn, ...operation.security, byCookie];
    }
  }
}

/** Swagger UI at `/docs` and the document at `/openapi.json`, made when first asked for. @param signIn whether it can sign in at `/oauth` */
export function serveDocs(app: INestApplication, signIn: boolean): void {
  const docs = app.get(HttpConfig).publicUrl + DOCS_PATH;
  SwaggerModule.setup(DOCS_PATH, app, () => createOpenApiDocument(app, signIn), {
    jsonDocumentUrl: OPENAPI_PATH,
    raw: ['json'],
    customSiteTitle: 'Latchkey API',
    swaggerOptions: {
      // It would keep the access token in `localStorage`, beyond the tab and for every script of the origin.
      persistAuthorization: false,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
      ...(signIn && signInDocs(app, docs)),
    },
  });
}
