// Which declarations (`.d.ts`) of a build those who import the package can reach.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Follows the imports of a declaration.
 * @param {string} root folder that paths are relative to
 * @param {string} path e.g. `dist/index.d.ts`
 * @param {Map<string, string[]>} [found]
 * @returns {Map<string, string[]>} the paths that it leads to and its own, each with the packages that it imports
 */
export function declarationsFrom(root, path, found = new Map()) {
  if (found.has(path)) return found;
  /** @type {string[]} */
  const packages = [];
  found.set(path, packages);
  const imported = readFileSync(join(root, path), 'utf8').matchAll(
    /(?:\bfrom |\bimport\(|\bimport )['"]([^'"]+)['"]/g,
  );
  for (const [, name = ''] of imported) {
    if (name.startsWith('.')) declarationsFrom(root, join(path, '..', name.replace(/\.js$/, '.d.ts')), found);
    else packages.push(name);
  }
  return found;
}

/**
 * Keeps declarations out of the package that no entry point leads to: more than half of them, and a tenth of its size.
 * They stay where they are, since the compiler writes only what changed.
 * @param {string} root folder of package.json and `dist`
 */
export function ignoreUnreachable(root) {
  const manifest = /** @type {{ exports: Record<string, string | { types: string }> }} */ (
    JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  );
  /** @type {Map<string, string[]>} */
  const reached = new Map();
  for (const entry of Object.values(manifest.exports)) {
    if (typeof entry === 'object') declarationsFrom(root, join(entry.types), reached);
  }
  const unreachable = readdirSync(join(root, 'dist'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.d.ts') && !reached.has(join('dist', path)))
    .map((path) => `/${path.replaceAll('\\', '/')}\n`);
  writeFileSync(join(root, 'dist/.npmignore'), unreachable.join(''));
}
