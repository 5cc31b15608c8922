// Bundles what `nest build` wrote into dist/main.js and dist/server/: a server of 2,000 modules loads in twice the time.
// The library (dist/index.js) and the CLI stay as they were compiled.
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist');

/** Left in node_modules: native code, files found by their place, what Nest loads only if it is there, and what Fastify
 * would load if schemas were set up (see `createFastifyAdapter`). */
const external = [
  ...builtinModules,
  /^node:/,
  /^@electric-sql\//,
  '@node-rs/argon2',
  'piscina',
  'pino',
  'swagger-ui-dist',
  'pg-native',
  '@nestjs/platform-express',
  /^@nestjs\/(microservices|websockets)/,
  '@fastify/multipart',
  '@fastify/view',
  'class-transformer/storage',
  '@fastify/ajv-compiler',
  '@fastify/fast-json-stringify-compiler',
];

/** Our own files find those beside them as if they still stood where they were. */
const ownPlace = {
  name: 'own-place',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    if (!id.startsWith(dist) || !code.includes('import.meta.url')) return null;
    const path = relative(join(dist, 'server'), id).replaceAll(sep, '/');
    return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(path)}, import.meta.url)`);
  },
};

/** class-validator's knowledge of all countries' telephone numbers, half a megabyte, which no DTO asks for. */
const noPhoneNumbers = {
  name: 'no-phone-numbers',
  /** @param {string} id */
  load: (id) => (/libphonenumber-js\/.*\.(c?js)$/.test(id) ? 'module.exports = {};' : null),
};

await build({
  input: join(dist, 'start/main.js'),
  platform: 'node',
  external,
  plugins: [ownPlace, noPhoneNumbers],
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: 'main.js',
    chunkFileNames: 'server/[name].js',
    banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
  },
});
