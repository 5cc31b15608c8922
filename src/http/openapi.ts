import type { INestApplication } from '@nestjs/common';
import { StrategyCredentials } from '../auth/credentials/strategy-credentials.js';
import { AuthCookies } from '../auth/cookies/auth-cookies.js';
import { CSRF_HEADER } from '../auth/cookies/csrf-protection.js';
import { HttpConfig } from '../config/config.js';
import { describeUserFields } from '../auth/fields/describe-user-fields.js';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';

export const DOCS_PATH = '/docs';
const OPENAPI_PATH = '/openapi.json';

const DESCRIPTION = `JWT authentication: register, log in, call, refresh, log out.

**To try it here:** open *Create an account*, press *Execute*, copy the \`accessToken\` of the answer,
press *Authorize* at the top, paste it, and call *Read your profile*. The authorisation survives a reload.

Every error is \`application/problem+json\` (RFC 9457) with a stable \`code\`.`;

const TAGS: [name: string, description: string][] = [
  ['Authentication', 'From an e-mail address and a password to tokens.'],
  ['Account', 'Your own profile and password.'],
  ['Sessions', 'Refresh, log out, and see where you are logged in.'],
  ['Administration', 'For the role `admin`.'],
  ['Discovery', 'For gateways and other services.'],
  ['Health', 'For orchestrators.'],
];

/** The OpenAPI 3.1 document, made from the controllers. */
function createOpenApiDocument(app: INestApplication): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Latchkey')
    .setDescription(DESCRIPTION)
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
  for (const { name, scheme } of app.get(StrategyCredentials).strategies)
    if (scheme) builder.addSecurity(name, { ...scheme });
  // Where a proxy serves the application below a path, callers say it too.
  const path = new URL(app.get(HttpConfig).publicUrl).pathname.replace(/\/+$/, '');
  if (path !== '') builder.addServer(path);
  for (const [name, description] of TAGS) builder.addTag(name, description);
  const document = SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
  describeUserFields(app, document);
  allowCookies(document);
  return document;
}

const SAFE_METHODS: ReadonlySet<string> = new Set(['get', 'head', 'options']);

/** Where a bearer token is good, so is a cookie; to change something, only with the CSRF token. */
function allowCookies({ paths }: OpenAPIObject): void {
  for (const path of Object.values(paths)) {
    for (const [method, operation] of Object.entries(path) as [string, { security?: object[] }][]) {
      if (!operation.security?.some((scheme) => 'bearer' in scheme)) continue;
      // A new list: that of a class is shared by its operations.
      const byCookie = SAFE_METHODS.has(method) ? { cookie: [] } : { cookie: [], csrf: [] };
      operation.security = [...operation.security, byCookie];
    }
  }
}

/** Swagger UI at `/docs` and the document at `/openapi.json`, made when first asked for. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup(DOCS_PATH, app, () => createOpenApiDocument(app), {
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
    },
  });
}
