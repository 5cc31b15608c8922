import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { CommonModule } from '../../common/common.module.js';
import { UserFieldBodies } from './user-field-bodies.js';

/**
 * Completes an OpenAPI document, made from the controllers: bodies and answers also have a team's own fields. Latchkey's own
 * document has them.
 */
export function describeUserFields(app: INestApplication, document: OpenAPIObject): void {
  const extraModels = app.get(UserFieldBodies, { strict: false }).all();
  if (extraModels.length === 0) return;
  const version = new DocumentBuilder().setOpenAPIVersion(document.openapi).build();
  // Of a module without routes: nothing but the models.
  const { components: made } = SwaggerModule.createDocument(app, version, {
    include: [CommonModule],
    extraModels,
  });
  const schemas = (document.components ??= {}).schemas ?? {};
  const ours = new Set(extraModels.map(({ name }) => name));
  for (const [name, schema] of Object.entries(made?.schemas ?? {})) {
    // Where a flow is left out, so are its models.
    if (!ours.has(name) || name in schemas) schemas[name] = schema;
  }
  document.components.schemas = schemas;
}
