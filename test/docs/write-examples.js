// Writes the files of test/docs/examples into the documents that show them; with --check, only says whether that is done.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { blocksOf, withExamples } from './examples-documents.js';

const DOCS = new URL('../../docs/', import.meta.url);
const EXAMPLES = new URL('examples/', import.meta.url);
/** Here every block of TypeScript is a file that is compiled and run. */
const EXAMPLES_ONLY = new Set(['extending.md', 'resource-server.md']);

/** @param {string} name */
const read = (name) => readFileSync(new URL(name, EXAMPLES), 'utf8');
/** @param {string} complaint */
const complain = (complaint) => {
  process.stderr.write(`${complaint}\n`);
  process.exitCode = 1;
};

const shown = new Set();
for (const name of readdirSync(DOCS).filter((file) => file.endsWith('.md'))) {
  const old = readFileSync(new URL(name, DOCS), 'utf8');
  const { examples, others } = blocksOf(old);
  for (const example of examples) shown.add(example);
  if (EXAMPLES_ONLY.has(name)) {
    for (const line of others)
      complain(`docs/${name} has code that is no file of test/docs/examples: ${line}`);
  }
  const written = withExamples(old, read);
  if (written === old) continue;
  if (process.argv.includes('--check')) complain(`docs/${name} has an old example: npm run doc-examples`);
  else writeFileSync(new URL(name, DOCS), written);
}
for (const name of readdirSync(EXAMPLES).filter((file) => !file.endsWith('.spec.ts'))) {
  if (!shown.has(name)) complain(`No document shows test/docs/examples/${name}.`);
}
