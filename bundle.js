// Bundles what `nest build` wrote into dist/main.js, dist/cli/main.js and dist/server/: a server of 2,000 modules loads in twice
// the time. The library (dist/index.js) stays as it was compiled, but for its comments, which are in its declarations.
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { minifySync } from 'rolldown/utils';
import { ignoreUnreachable } from './declarations.js';

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
  /^oidc-provider/,
  'jose',
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

/** What Fastify would look for files with, if it were asked to make a route of each: 139 kB in one line. */
const noGlob = {
  name: 'no-glob',
  /** @param {string} id */
  load: (id) => (/\/node_modules\/glob\/.*\.js$/.test(id) ? 'module.exports = {};' : null),
};

/** Names of metrics and events, and old ones of attributes, a quarter of a megabyte: traces are made without them. */
const onlyAttributes = {
  name: 'only-attributes',
  /** @param {string} id */
  load: (id) =>
    /@opentelemetry\/semantic-conventions\/.*\/index\.cjs$/.test(id)
      ? "module.exports = require('./stable_attributes.cjs');"
      : null,
};

/** Chunks of an earlier build. */
rmSync(join(dist, 'server'), { recursive: true, force: true });

for (const entry of readdirSync(dist, { recursive: true, withFileTypes: true })) {
  const path = join(entry.parentPath, entry.name);
  if (!entry.isFile() || !path.endsWith('.js') || /^(\.|reference)/.test(relative(dist, path))) continue;
  const source = readFileSync(path, 'utf8');
  const codegen = { removeWhitespace: false, legalComments: /** @type {const} */ ('none') };
  const { code, errors } = minifySync(path, source, {
    module: true,
    compress: false,
    mangle: false,
    codegen,
  });
  if (errors.length > 0) throw new Error(`${path} cannot be read: ${errors[0]?.message}`);
  if (code !== source) writeFileSync(path, code);
}

await build({
  input: { main: join(dist, 'start/main.js'), 'cli/main': join(dist, 'cli/start.js') },
  platform: 'node',
  external,
  plugins: [ownPlace, noPhoneNumbers, noTransports, noGlob, onlyAttributes],
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: 'server/[name].js',
    // The package is to be small. Names of functions and classes stay, so that a stack says where it was.
    minify: {
      compress: true,
      mangle: { toplevel: true, keepNames: { function: true, class: true } },
      codegen: { removeWhitespace: true },
    },
    banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
  },
});

// The script of the pages, for browsers: of our sources, as nothing of it is compiled for Node.
await build({
  input: join(dist, '../src/pages/assets/page-script.js'),
  platform: 'browser',
  resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
  output: { file: join(dist, 'pages/assets/pages.js'), format: 'esm', minify: true },
});

ignoreUnreachable(join(dist, '..'));
