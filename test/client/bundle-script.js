// node test/client/bundle-script.js FILE [NAME]: see bundle.ts. In a process of its own, since rolldown does not run in Jest's.
import { rolldown } from 'rolldown';

const [, , input = '', name] = process.argv;

const build = await rolldown({
  input,
  platform: 'browser',
  resolve: { alias: { 'latchkey/client': new URL('../../src/client/index.ts', import.meta.url).pathname } },
  transform: { define: { 'process.env.NODE_ENV': '"production"' } },
});
const { output } = await build.generate({
  format: name ? 'iife' : 'esm',
  ...(name && { name }),
  minify: true,
});
const [{ code, imports }] = output;
process.stdout.write(JSON.stringify({ code, imports }));
