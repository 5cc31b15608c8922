import type { INestApplication } from '@nestjs/common';
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
    });
  for (const [name, description] of TAGS) builder.addTag(name, description);
  return SwaggerModule.createDocument(app, builder.build(), {
    operationIdFactory: (controller, method) => `${controller.replace(/Controller$/, '')}_${method}`,
  });
}

/** Swagger UI at `/docs` and the document at `/openapi.json`, made when first asked for. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup(DOCS_PATH, app, () => createOpenApiDocument(app), {
    jsonDocumentUrl: OPENAPI_PATH,
    raw: ['json'],
    customSiteTitle: 'Latchkey API',
    swaggerOptions: {
      persistAuthorization: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      docExpansion: 'list',
      defaultModelsExpandDepth: 0,
    },
  });
}
