// Bundles what `nest build` wrote into dist/main.js and dist/server/: a server of 2,000 modules loads in twice the time.
// The library (dist/index.js) and the CLI stay as they were compiled.
import { rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist');

/** Left in node_modules: native code, files found by their place, what is large and not needed for a start, what Nest
 * loads only if it is there, and what Fastify would load if schemas were set up (see `createFastifyAdapter`). */
const external = [
  ...builtinModules,
  /^node:/,
  /^@electric-sql\//,
  '@node-rs/argon2',
  'piscina',
  'pino',
  'pino-pretty',
  /^nodemailer/,
  'fxa-common-password-list',
  'swagger-ui-dist',
  'pg-native',
  '@nestjs/platform-express',
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

/** Nest loads these at each start where they are installed: 30 MB and a quarter of a second. The server has no use for them. */
const noTransports = {
  name: 'no-transports',
  /** @param {string} source */
  resolveId: (source) =>
    /^@nestjs\/(microservices|websockets)\b/.test(source) ? `\0absent:${source}` : null,
  /** @param {string} id */
  load: (id) => (id.startsWith('\0absent:') ? "throw new Error('The server has no transports.');" : null),
};

/** What Fastify looks for files with at the start, if asked to make a route of each: 139 kB in one line. */
const globWhenAsked = {
  name: 'glob-when-asked',
  /** @param {string} code @param {string} id */
  transform(code, id) {
    const asked = "const { glob } = require('glob')";
    if (!id.includes('/@fastify/static/') || !code.includes(asked)) return null;
    return code.replace(asked, "const glob = (...asked) => require('glob').glob(...asked)");
  },
};

/** Chunks of an earlier build. */
rmSync(join(dist, 'server'), { recursive: true, force: true });

await build({
  input: join(dist, 'start/main.js'),
  platform: 'node',
  external,
  plugins: [ownPlace, noPhoneNumbers, noTransports, globWhenAsked],
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: 'main.js',
    chunkFileNames: 'server/[name].js',
    // The package is to be small. Names stay, so that a stack says where it was.
    minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
    banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
  },
});
