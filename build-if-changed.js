// Builds, by `npm run build`, unless dist/ holds what these sources were built to. Exits as the build does.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Names the sources, and what they were built to, of the last build that this file saw through. */
const STAMP = join('dist', '.built-from');
/** What a build writes last. */
const BUILT = [join('dist', 'main.js'), join('dist', '.tsbuildinfo')];

/** All that decides what a build writes. Contents rather than times, which a checkout changes and a copy keeps. */
function sources() {
  const inRoot = readdirSync('.').filter((name) => /\.(js|json)$/.test(name));
  const inSrc = readdirSync('src', { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.spec.ts'))
    .map((entry) => join(entry.parentPath, entry.name));
  const hash = createHash('sha256');
  for (const path of [...inRoot, ...inSrc].toSorted()) {
    hash.update(`${path}\n`).update(createHash('sha256').update(readFileSync(path)).digest());
  }
  return hash.digest('hex');
}

/** Another build since, by hand or while watching, shows in the times of what it wrote. */
function stamp() {
  return [from, ...BUILT.map((path) => (existsSync(path) ? statSync(path).mtimeMs : 'missing'))].join('\n');
}

const from = sources();
if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== stamp()) {
  // Not on stdout, which may be a command's answer.
  process.stderr.write('Building …\n');
  rmSync(STAMP, { force: true });
  const build = spawnSync('npm run --silent build', { shell: true, stdio: ['ignore', 2, 2] });
  if (build.status !== 0) process.exit(build.status ?? 1);
  mkdirSync('dist', { recursive: true });
  writeFileSync(STAMP, stamp());
}
