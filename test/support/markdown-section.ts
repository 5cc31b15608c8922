import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const DOCS = fileURLToPath(new URL('../../docs/', import.meta.url));

/** What a document of `docs` says under a heading, up to the next of the same rank or a higher one. */
export function sectionOf(document: string, heading: string): string {
  const lines = readFileSync(DOCS + document, 'utf8').split('\n');
  const start = lines.findIndex((line) => /^#+ /.test(line) && line.replace(/^#+ /, '') === heading);
  if (start < 0) throw new Error(`docs/${document} has no section ${heading}.`);
  const rank = lines[start]?.indexOf(' ') ?? 0;
  const rest = lines.slice(start + 1);
  const end = rest.findIndex((line) => /^#+ /.test(line) && line.indexOf(' ') <= rank);
  return rest.slice(0, end < 0 ? undefined : end).join('\n');
}

/** The rows of the tables in a text, without their heads. */
export function tableRows(markdown: string): string[][] {
  const rows = markdown.split('\n').filter((line) => line.startsWith('|'));
  const heads = new Set(rows.flatMap((line, index) => (/^\|[ |-]+\|$/.test(line) ? [index - 1, index] : [])));
  return rows
    .filter((_, index) => !heads.has(index))
    .map((line) =>
      line
        .slice(1, -1)
        .split('|')
        .map((cell) => cell.trim()),
    );
}

/** What stands between backticks. */
export function codeIn(markdown: string): string[] {
  return [...markdown.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code);
}

/** Routes such as `GET /api/profile`, as the OpenAPI document writes them. */
export function routesIn(markdown: string): string[] {
  return codeIn(markdown)
    .filter((code) => /^[A-Z]+ \//.test(code))
    .map((code) => code.replaceAll(/:(\w+)/g, '{$1}'));
}
