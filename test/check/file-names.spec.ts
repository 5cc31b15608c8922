import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** What the name of a file says that its classes are called. */
const KINDS = ['service', 'controller', 'module', 'guard', 'interceptor', 'repository'];
const CLASS = /^export (?:abstract )?class (\w+)/gm;

const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !path.endsWith('.spec.ts'))
  .map((path) => ({
    path,
    classes: [...readFileSync(`${SRC}${path}`, 'utf8').matchAll(CLASS)].map(([, name = '']) => name),
  }));

describe.each(KINDS)('A file named *.%s.ts', (kind) => {
  const suffix = `${kind.charAt(0).toUpperCase()}${kind.slice(1)}`;
  const named = files.filter(({ path }) => basename(path).endsWith(`.${kind}.ts`));

  it(`holds a class whose name ends in ${suffix}`, () => {
    expect(named.length).toBeGreaterThan(0);
    const wrong = named.filter(({ classes }) => !classes.some((name) => name.endsWith(suffix)));
    expect(wrong.map(({ path }) => path)).toEqual([]);
  });

  it('holds every such class', () => {
    const elsewhere = files.filter(({ classes }) => classes.some((name) => name.endsWith(suffix)));
    const paths = elsewhere.map(({ path }) => path);
    expect(paths.filter((path) => !named.some((file) => file.path === path))).toEqual([]);
  });
});
