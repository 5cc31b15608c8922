/** What the tests read of an OpenAPI 3.1 document. */
export interface OpenApiDocument {
  readonly servers: unknown;
  readonly openapi: string;
  readonly paths: Record<string, Record<string, Operation>>;
  readonly components: { readonly schemas: Record<string, Schema>; readonly securitySchemes: object };
}

export interface Operation {
  readonly summary?: string;
  readonly operationId?: string;
  readonly tags?: string[];
  readonly parameters?: {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Record<string, MediaType> };
  readonly responses: Record<string, ResponseObject>;
  readonly security?: Record<string, string[]>[];
}

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Record<string, object>;
  readonly content?: Record<string, MediaType>;
}

export interface MediaType {
  readonly schema: Schema;
  readonly example?: unknown;
  readonly examples?: Record<string, { readonly value: unknown }>;
}

export interface Schema {
  readonly $ref?: string;
  readonly type?: string | string[];
  readonly format?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly properties?: Record<string, Schema>;
  readonly required?: string[];
  readonly items?: Schema;
  readonly oneOf?: Schema[];
  readonly example?: unknown;
  readonly enum?: unknown[];
}

export interface DocumentedRoute {
  /** In upper case. */
  readonly method: string;
  /** As the document has it, e.g. `/api/auth/sessions/{id}`. */
  readonly path: string;
  readonly operation: Operation;
}

export async function fetchDocument(url: string): Promise<OpenApiDocument> {
  const response = await fetch(`${url}/openapi.json`);
  return (await response.json()) as OpenApiDocument;
}

export function routesOf(document: OpenApiDocument): DocumentedRoute[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
  );
}

/** A path with a value for each parameter. */
export function withParameters(path: string, value = '00000000-0000-4000-8000-000000000000'): string {
  return path.replaceAll(/\{[^}]+\}/g, value);
}
