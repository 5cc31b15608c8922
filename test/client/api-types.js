// Makes TypeScript of an OpenAPI document: the types of `latchkey/client`.
import { format, resolveConfig } from 'prettier';

/**
 * @typedef {{ $ref?: string, type?: string | string[], enum?: unknown[], description?: string, items?: Schema,
 *   properties?: Record<string, Schema>, required?: string[], oneOf?: Schema[], allOf?: Schema[],
 *   additionalProperties?: boolean | Schema }} Schema
 * @typedef {{ required?: boolean, content?: Record<string, { schema: Schema }> }} Content
 * @typedef {{ requestBody?: Content, responses: Record<string, Content> }} Operation
 * @typedef {{ paths: Record<string, Record<string, Operation>>, components: { schemas: Record<string, Schema> } }} Document
 */

const HEAD = `// Written by \`npm run client-types\` from the OpenAPI document of the server, and not by hand.
// oxlint-disable max-lines
`;

/** @param {Document} document @returns {Promise<string>} a TypeScript file */
export async function formattedApiTypes(document) {
  const config = await resolveConfig('src/client/api-types.ts');
  return format(apiTypes(document), { ...config, parser: 'typescript' });
}

/** @param {Document} document */
function apiTypes({ paths, components }) {
  const schemas = Object.entries(components.schemas)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, schema]) => declaration(name, schema));
  const routes = Object.entries(paths)
    .flatMap(([path, item]) =>
      Object.entries(item).map(
        ([method, operation]) => `  '${method.toUpperCase()} ${path}': ${route(operation)};`,
      ),
    )
    .toSorted();
  return [
    HEAD,
    ...schemas,
    '/** Every route of the server, by method and path: what it takes and what it answers. */',
    `export interface ApiRoutes {\n${routes.join('\n')}\n}\n`,
  ].join('\n');
}

/** @param {string} name @param {Schema} schema */
function declaration(name, schema) {
  const about = comment(schema.description ?? `\`${name}\` of the OpenAPI document.`, '');
  if (schema.properties) return `${about}export interface ${name} ${typeOf(schema, '')}\n`;
  return `${about}export type ${name} =${alternatives(schema)};\n`;
}

/** @param {Schema} schema */
function alternatives(schema) {
  return schema.enum
    ? schema.enum.map((value) => `\n  | ${literal(value)}`).join('')
    : ` ${typeOf(schema, '')}`;
}

/** @param {Operation} operation */
function route({ requestBody, responses }) {
  const body = jsonOf(requestBody) ?? 'undefined';
  const successes = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  const answers = successes.flatMap(([, response]) => jsonOf(response) ?? []);
  return `{ body: ${body}${requestBody?.required === false ? ' | undefined' : ''}; answer: ${
    [...new Set(answers)].join(' | ') || 'undefined'
  } }`;
}

/** @param {Content | undefined} content */
function jsonOf(content) {
  const schema = content?.content?.['application/json']?.schema;
  return schema && typeOf(schema, '  ');
}

/** @param {Schema} schema @param {string} indent @returns {string} */
function typeOf(schema, indent) {
  if (schema.$ref) return schema.$ref.split('/').at(-1) ?? 'unknown';
  if (schema.enum) return schema.enum.map(literal).join(' | ');
  if (schema.oneOf) return schema.oneOf.map((each) => typeOf(each, indent)).join(' | ');
  if (schema.allOf) return schema.allOf.map((each) => typeOf(each, indent)).join(' & ');
  return [schema.type ?? 'unknown']
    .flat()
    .map((type) => ofType(type, schema, indent))
    .join(' | ');
}

/** @param {string} type @param {Schema} schema @param {string} indent */
function ofType(type, schema, indent) {
  if (type === 'integer') return 'number';
  if (type === 'array') return `readonly (${schema.items ? typeOf(schema.items, indent) : 'unknown'})[]`;
  if (type !== 'object') return type;
  return schema.properties ? objectOf(schema, indent) : 'Record<string, unknown>';
}

/** @param {Schema} schema @param {string} indent */
function objectOf({ properties = {}, required = [] }, indent) {
  const inner = `${indent}  `;
  const lines = Object.entries(properties).map(([name, schema]) => {
    const mark = required.includes(name) ? '' : '?';
    const about = schema.description ? comment(schema.description, inner) : '';
    return `${about}${inner}readonly ${key(name)}${mark}: ${typeOf(schema, inner)}${mark && ' | undefined'};`;
  });
  return `{\n${lines.join('\n')}\n${indent}}`;
}

/** @param {string} name */
function key(name) {
  return /^\w+$/.test(name) ? name : `'${name}'`;
}

/** @param {unknown} value */
function literal(value) {
  return typeof value === 'string' ? `'${value}'` : String(value);
}

/** @param {string} text @param {string} indent */
function comment(text, indent) {
  return `${indent}/** ${text.replaceAll('*/', '*\\/').replaceAll('\n', ' ')} */\n`;
}
