import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { countsOf, problemsOf, rowsOf } from './asvs-table.js';

const path = fileURLToPath(new URL('../../docs/asvs.md', import.meta.url));
const problems = problemsOf(path);
process.stdout.write(`${countsOf(rowsOf(readFileSync(path, 'utf8')))}\n`);
for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
