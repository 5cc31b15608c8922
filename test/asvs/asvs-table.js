import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { testTitles } from './test-titles.js';

/** How many requirements each section of the chapters has, in ASVS 5.0. */
const CHAPTERS = {
  6: [3, 12, 8, 6, 8, 4, 2, 4],
  7: [3, 4, 2, 5, 3, 2],
  8: [4, 4, 3, 2],
  9: [3, 4],
  10: [2, 3, 5, 16, 5, 2, 3],
};
const STATUSES = /** @type {const} */ (['met', 'not met', 'not applicable']);

/** @typedef {{ id: string, level: string, requirement: string, status: string, evidence: string }} Row */

/**
 * The rows of the tables in a Markdown document whose first cell is the id of a requirement.
 * @param {string} markdown
 * @returns {Row[]}
 */
export function rowsOf(markdown) {
  return markdown.split('\n').flatMap((line) => {
    const [, id = '', level = '', requirement = '', status = '', evidence = ''] = line
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim().replaceAll('\\|', '|'));
    return /^\d+\.\d+\.\d+$/.test(id) ? [{ id, level, requirement, status, evidence }] : [];
  });
}

/**
 * What is wrong with the table: a requirement that is missing, a status without its reason, a test that does not exist.
 * @param {string} path of the document, in `docs` of the project
 * @param {string} [markdown] what it says
 * @returns {string[]}
 */
export function problemsOf(path, markdown = readFileSync(path, 'utf8')) {
  const rows = rowsOf(markdown);
  const ids = rows.map((row) => row.id);
  const expected = Object.entries(CHAPTERS).flatMap(([chapter, sections]) =>
    sections.flatMap((count, section) =>
      Array.from({ length: count }, (_, index) => `${chapter}.${section + 1}.${index + 1}`),
    ),
  );
  return [
    ...expected.filter((id) => !ids.includes(id)).map((id) => `${id} is missing`),
    ...ids.filter((id) => !expected.includes(id)).map((id) => `${id} is no requirement of V6 to V10`),
    ...ids.filter((id, index) => ids.indexOf(id) < index).map((id) => `${id} is there twice`),
    ...rows.flatMap((row) => problemsOfRow(row, dirname(path)).map((problem) => `${row.id} ${problem}`)),
  ];
}

/**
 * @param {Row} row
 * @param {string} docs
 * @returns {string[]}
 */
function problemsOfRow({ level, requirement, status, evidence }, docs) {
  const problems = [];
  if (!/^[123]$/.test(level)) problems.push(`has the level ${level}`);
  if (requirement === '') problems.push('does not say what is required');
  if (!STATUSES.some((known) => known === status)) problems.push(`has the status ${status}`);
  if (evidence === '') problems.push('gives no reason');
  if (status !== 'met') return problems;

  const tests = [...evidence.matchAll(/`((?:src|test)\/[^`]+)` `([^`]+)`/g)];
  const sections = [...evidence.matchAll(/\]\(([\w./-]+\.md)#([\w-]+)\)/g)];
  if (tests.length + sections.length === 0) problems.push('is met, but names no test and no document');
  for (const [, file = '', title = ''] of tests) {
    const path = join(docs, '..', file);
    if (!existsSync(path) || !testTitles(path).has(title)) problems.push(`names no test: ${file}: ${title}`);
  }
  for (const [, file = '', anchor = ''] of sections) {
    const path = join(docs, file);
    if (!existsSync(path) || !anchorsOf(path).includes(anchor))
      problems.push(`names no section: ${file}#${anchor}`);
  }
  return problems;
}

/**
 * The anchors of a document's headings, as GitHub makes them.
 * @param {string} path
 */
function anchorsOf(path) {
  return [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/**
 * How many rows of each chapter have each status.
 * @param {readonly Row[]} rows
 * @returns {string}
 */
export function countsOf(rows) {
  const count = (/** @type {string} */ chapter, /** @type {string} */ status) =>
    rows.filter((row) => row.id.startsWith(chapter) && row.status === status).length;
  const line = (/** @type {string} */ title, /** @type {string} */ chapter) => {
    const [met = 0, notMet = 0, notApplicable = 0] = STATUSES.map((status) => count(chapter, status));
    return `${title}  met ${met} of ${met + notMet} applicable, not met ${notMet}, not applicable ${notApplicable}`;
  };
  return [
    ...Object.keys(CHAPTERS).map((chapter) => line(`V${chapter} `, `${chapter}.`)),
    line('all', ''),
  ].join('\n');
}
