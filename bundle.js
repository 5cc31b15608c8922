// Bundles what `nest build` wrote into dist/main.js and dist/server/: a server of 2,000 modules loads in twice the time.
// The library (dist/index.js) and the CLI stay as they were compiled.
import { builtinModules } from 'node:module';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';

const dist = join(dirname(fileURLToPath(import.meta.url)), 'dist');

/** Left in node_modules: native code, files found by their place, and what Nest loads only if it is there. */
const external = [
  ...builtinModules,
  /^node:/,
  /^@electric-sql\//,
  '@node-rs/argon2',
  'piscina',
  'pino',
  'pino-pretty',
  'swagger-ui-dist',
  'pg-native',
  '@nestjs/platform-express',
  /^@nestjs\/(microservices|websockets)/,
  '@fastify/multipart',
  '@fastify/view',
  'class-transformer/storage',
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

await build({
  input: join(dist, 'start/main.js'),
  platform: 'node',
  external,
  plugins: [ownPlace],
  output: {
    dir: dist,
    format: 'esm',
    entryFileNames: 'main.js',
    chunkFileNames: 'server/[name].js',
    banner: ({ isEntry }) => (isEntry ? '#!/usr/bin/env node' : ''),
  },
});
