import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

interface ResponseObject {
  content?: Record<string, { schema?: object }>;
  headers?: Record<string, unknown>;
}

interface OpenApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, ResponseObject> }>>;
  components: { schemas: Record<string, object> };
}

/** Statuses that any address can answer before a route is found; their schema is the problem's. */
const BEFORE_ROUTING = new Set([400, 404, 405, 413, 415, 431]);

/** Holds answers against the OpenAPI document: route, status, media type, schema. */
export class OpenApiConformance {
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true });
  private readonly validators = new Map<string, ValidateFunction>();

  private constructor(private readonly document: OpenApiDocument) {
    formats.default(this.ajv);
    this.ajv.addFormat('idn-email', /^[^@\s]+@[^@\s]+$/);
    this.ajv.addSchema(closed(document) as object, 'openapi');
  }

  static async load(url: string): Promise<OpenApiConformance> {
    const response = await fetch(`${url}/openapi.json`);
    return new OpenApiConformance((await response.json()) as OpenApiDocument);
  }

  /** @throws Error that says what the document does not describe */
  check(method: string, url: string, response: Response, body: unknown): void {
    const what = `${method} ${url} → ${response.status}`;
    const path = this.pathOf(url);
    const operation = path === undefined ? undefined : this.document.paths[path]?.[method.toLowerCase()];
    const described = operation?.responses[response.status];
    if (!described) {
      if (operation && !BEFORE_ROUTING.has(response.status))
        throw new Error(`${what}: the document has no such answer`);
      if (!operation && !BEFORE_ROUTING.has(response.status))
        throw new Error(`${what}: the document has no such route`);
      this.validate(what, '#/components/schemas/ProblemModel', body);
      return;
    }
    const mediaType = (response.headers.get('content-type') ?? '').split(';', 1)[0] ?? '';
    const content = described.content ?? {};
    if (Object.keys(content).length === 0) {
      if (body !== '') throw new Error(`${what}: the document says it has no body`);
      return;
    }
    if (!(mediaType in content))
      throw new Error(`${what}: ${mediaType} is not among ${Object.keys(content).join()}`);
    const pointer = [
      'paths',
      path ?? '',
      method.toLowerCase(),
      'responses',
      String(response.status),
      'content',
      mediaType,
      'schema',
    ];
    this.validate(what, `#/${pointer.map(escapePointer).join('/')}`, body);
  }

  private pathOf(url: string): string | undefined {
    const { pathname } = new URL(url, 'http://localhost');
    const paths = Object.keys(this.document.paths);
    return paths.find((path) => path === pathname) ?? paths.find((path) => templateOf(path).test(pathname));
  }

  private validate(what: string, pointer: string, body: unknown): void {
    let validator = this.validators.get(pointer);
    if (!validator) {
      validator = this.ajv.compile({ $ref: `openapi${pointer}` });
      this.validators.set(pointer, validator);
    }
    if (!validator(body)) {
      throw new Error(`${what}: ${this.ajv.errorsText(validator.errors)} in ${JSON.stringify(body)}`);
    }
  }
}

function templateOf(path: string): RegExp {
  return new RegExp(
    `^${path.replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{[^}]+\}/g, '[^/]+')}$`,
  );
}

function escapePointer(segment: string): string {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** The document with every object schema closed, so that a member it does not name is found. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  const copy = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, closed(member)]));
  const isObjectSchema = copy['type'] === 'object' && typeof copy['properties'] === 'object';
  return isObjectSchema && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}
