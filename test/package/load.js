// Loads one module, and says on standard output what that took: `node load.js <file or package>`.
import { Session } from 'node:inspector';
import { performance } from 'node:perf_hooks';

const [specifier = '', what] = process.argv.slice(2);

/** @type {string[]} */
const urls = [];
if (what === 'modules') {
  const session = new Session();
  session.connect();
  session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
  session.post('Debugger.enable');
}
const began = performance.now();
await import(specifier);
const milliseconds = performance.now() - began;

process.stdout.write(
  JSON.stringify({
    milliseconds,
    megabytes: process.memoryUsage().rss / 1e6,
    modules: urls.filter((url) => url.startsWith('file:') && url !== import.meta.url),
  }),
);
