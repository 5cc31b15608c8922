import { Ajv2020 } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

/** @import { ValidateFunction } from 'ajv/dist/2020.js' */

/**
 * @typedef {object} ResponseObject
 * @property {Record<string, { schema?: object }>} [content]
 *
 * @typedef {object} OpenApiDocument
 * @property {Record<string, Record<string, { responses: Record<string, ResponseObject> }>>} paths
 *
 * @typedef {object} Answer what a server said
 * @property {string} method
 * @property {string} path
 * @property {number} status
 * @property {string | null} contentType
 * @property {unknown} body parsed, if it is JSON
 */

/** Statuses that any address can answer before a route is found; their schema is the problem's. */
const BEFORE_ROUTING = new Set([400, 404, 405, 413, 415, 431]);

/** @type {OpenApiConformance | undefined} */
let lastLoaded;

/**
 * Holds an answer against the OpenAPI document of its server. Documents differ only where a test has added routes or left
 * some out, so that of another server will mostly do: making one, and compiling its schemas, takes as long as all else that
 * a start does.
 * @param {string} url of the server
 * @param {Answer} answer
 * @throws Error that says what the document does not describe
 */
export async function checkConformance(url, answer) {
  if (lastLoaded && lastLoaded.objectionTo(answer) === undefined) return;
  const own = await OpenApiConformance.load(url);
  const objection = own.objectionTo(answer);
  if (objection !== undefined) throw new Error(objection);
  lastLoaded = own;
}

/** Holds answers against an OpenAPI document: route, status, media type, schema. */
class OpenApiConformance {
  #ajv = new Ajv2020({ strict: false, allErrors: true });
  /** @type {Map<string, ValidateFunction>} */
  #validators = new Map();
  #document;
  /** @type {[RegExp, string][]} */
  #templates;

  /** @param {OpenApiDocument} document */
  constructor(document) {
    this.#document = document;
    this.#templates = Object.keys(document.paths).map((path) => [templateOf(path), path]);
    formats.default(this.#ajv);
    this.#ajv.addFormat('idn-email', /^[^@\s]+@[^@\s]+$/);
    this.#ajv.addSchema(/** @type {object} */ (closed(document)), 'openapi');
  }

  /** @param {string} url */
  static async load(url) {
    const response = await fetch(`${url}/openapi.json`);
    if (!response.ok) throw new Error(`${url} has no OpenAPI document`);
    return new OpenApiConformance(/** @type {OpenApiDocument} */ (await response.json()));
  }

  /**
   * @param {Answer} answer
   * @returns {string | undefined}
   */
  objectionTo({ method, path: url, status, contentType, body }) {
    const what = `${method} ${url} → ${status}`;
    const path = this.#pathOf(url);
    const operation = path === undefined ? undefined : this.#document.paths[path]?.[method.toLowerCase()];
    const described = operation?.responses[status];
    if (!described) {
      if (BEFORE_ROUTING.has(status)) return this.#validate(what, '#/components/schemas/ProblemModel', body);
      return `${what}: the document has no such ${operation ? 'answer' : 'route'}`;
    }
    const mediaType = (contentType ?? '').split(';', 1)[0] ?? '';
    const content = described.content ?? {};
    if (Object.keys(content).length === 0) {
      return body === '' ? undefined : `${what}: the document says it has no body`;
    }
    if (!(mediaType in content)) return `${what}: ${mediaType} is not among ${Object.keys(content).join()}`;
    const pointer = ['paths', path ?? '', method.toLowerCase(), 'responses', String(status), 'content'];
    return this.#validate(what, `#/${[...pointer, mediaType, 'schema'].map(escapePointer).join('/')}`, body);
  }

  /** @param {string} url */
  #pathOf(url) {
    const { pathname } = new URL(url, 'http://localhost');
    if (Object.hasOwn(this.#document.paths, pathname)) return pathname;
    return this.#templates.find(([template]) => template.test(pathname))?.[1];
  }

  /**
   * @param {string} what
   * @param {string} pointer
   * @param {unknown} body
   */
  #validate(what, pointer, body) {
    let validator = this.#validators.get(pointer);
    if (!validator) {
      validator = this.#ajv.compile({ $ref: `openapi${pointer}` });
      this.#validators.set(pointer, validator);
    }
    if (validator(body)) return undefined;
    return `${what}: ${this.#ajv.errorsText(validator.errors)} in ${JSON.stringify(body)}`;
  }
}

/** @param {string} path */
function templateOf(path) {
  return new RegExp(
    `^${path.replace(/[.+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{[^}]+\}/g, '[^/]+')}$`,
  );
}

/** @param {string} segment */
function escapePointer(segment) {
  return encodeURIComponent(segment.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/**
 * The document with every object schema closed, so that a member it does not name is found.
 * @param {unknown} value
 * @returns {unknown}
 */
function closed(value) {
  if (Array.isArray(value)) return value.map(closed);
  if (typeof value !== 'object' || value === null) return value;
  /** @type {Record<string, unknown>} */
  const copy = Object.fromEntries(Object.entries(value).map(([key, member]) => [key, closed(member)]));
  const isObjectSchema = copy['type'] === 'object' && typeof copy['properties'] === 'object';
  return isObjectSchema && !('additionalProperties' in copy)
    ? { ...copy, additionalProperties: false }
    : copy;
}
