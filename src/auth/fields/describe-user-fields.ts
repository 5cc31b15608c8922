import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { CommonModule } from '../../common/common.module.js';
import type { ErrorCode } from '../../common/errors/error-code.js';
import { type ProblemResponse, problemResponse } from '../../common/openapi/api-problems.js';
import { PROBLEM_MEDIA_TYPE, PROBLEMS } from '../../common/problem-details/problem-details.js';
import { UserFieldBodies } from './user-field-bodies.js';

/** What is read and written of an operation. */
interface Operation {
  readonly requestBody?: {
    readonly content?: Record<string, { readonly schema?: { readonly $ref?: string } }>;
  };
  readonly responses: Record<string, ProblemResponse | undefined>;
}

/**
 * Completes an OpenAPI document, made from the controllers: bodies and answers also have a team's own fields. Latchkey's own
 * document has them.
 */
export function describeUserFields(app: INestApplication, document: OpenAPIObject): void {
  const bodies = app.get(UserFieldBodies, { strict: false });
  const extraModels = bodies.all();
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
  describeTakenFields(document, bodies);
}

/** What else is answered where a field of the body is unique. */
function describeTakenFields({ paths }: OpenAPIObject, bodies: UserFieldBodies): void {
  for (const operations of Object.values(paths)) {
    for (const operation of Object.values(operations) as Operation[]) {
      for (const code of bodies.codesOf(bodyOf(operation))) addProblem(operation, code);
    }
  }
}

function addProblem({ responses }: Operation, code: ErrorCode): void {
  const { status } = PROBLEMS[code];
  const told = problemResponse([code]);
  const present = responses[status];
  const there = present?.content[PROBLEM_MEDIA_TYPE];
  if (!there) {
    responses[status] = told;
    return;
  }
  Object.assign(present, { description: `${present.description} ${told.description}` });
  Object.assign(there.examples, told.content[PROBLEM_MEDIA_TYPE]?.examples);
}

/** The name of its model. */
function bodyOf({ requestBody }: Operation): string | undefined {
  return requestBody?.content?.['application/json']?.schema?.$ref?.split('/').at(-1);
}
