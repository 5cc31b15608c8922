import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const README_MAX_BYTES = 8_000;

interface Manifest {
  readonly exports: Readonly<Record<string, string | { readonly types: string }>>;
}

const documents = [
  'README.md',
  'CHANGELOG.md',
  ...['.github', 'docs', 'docs/adr'].flatMap((folder) =>
    readdirSync(join(ROOT, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `${folder}/${name}`),
  ),
];
const textOf = (path: string) => readFileSync(join(ROOT, path), 'utf8');

describe.each(documents)('%s', (path) => {
  it('links to what is there', () => {
    const links = [...textOf(path).matchAll(/\]\((?!\w+:)([^)\s#]*)(?:#([^)\s]+))?\)/g)];
    const broken = links.filter(([, file = '', anchor]) => {
      const target = file === '' ? path : join(dirname(path), file);
      try {
        if (statSync(join(ROOT, target)).isDirectory()) return false;
      } catch {
        return true;
      }
      return anchor !== undefined && !anchorsOf(textOf(target)).includes(anchor);
    });
    expect(broken.map(([link]) => link)).toEqual([]);
  });

  it('has no padded table, in which one wide cell changes every line', () => {
    const rows = textOf(path).matchAll(/^\|.*$/gm);
    expect([...rows].map(([row]) => row).filter((row) => /\S {2,}\|/.test(row))).toEqual([]);
  });
});

it('README.md is read in a few minutes', () => {
  expect(Buffer.byteLength(textOf('README.md'))).toBeLessThanOrEqual(README_MAX_BYTES);
});

/** As GitHub makes them of headings. */
function anchorsOf(markdown: string): string[] {
  return [...markdown.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

describe('docs/typedoc.json', () => {
  it('makes a reference of every entry point of the package', () => {
    const { entryPoints } = JSON.parse(textOf('docs/typedoc.json')) as { entryPoints: string[] };
    const { exports } = JSON.parse(textOf('package.json')) as Manifest;
    const types = Object.values(exports).flatMap((entry) => (typeof entry === 'string' ? [] : [entry.types]));

    expect(entryPoints.toSorted()).toEqual(types.map(sourceOf).toSorted());
  });
});

/** e.g. `./dist/index.d.ts` → `../src/index.ts` */
function sourceOf(types: string): string {
  return types.replace('./dist', '../src').replace('.d.ts', '.ts');
}
