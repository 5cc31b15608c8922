// Builds, by `npm run compile`, and notes of what. With `--changed` it does so only if dist/ does not hold what these sources were
// built to. Exits as the build does.
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

/** Another build since, while watching say, shows in the times of what it wrote. */
function stamp() {
  return [from, ...BUILT.map((path) => (existsSync(path) ? statSync(path).mtimeMs : 'missing'))].join('\n');
}

const ifChanged = process.argv.includes('--changed');
const from = sources();
if (!ifChanged || !existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== stamp()) {
  // Before a command not on stdout, which may be the command's answer.
  if (ifChanged) process.stderr.write('Building …\n');
  rmSync(STAMP, { force: true });
  const output = ifChanged ? 2 : 'inherit';
  const build = spawnSync('npm run --silent compile', { shell: true, stdio: ['ignore', output, 2] });
  if (build.status !== 0) process.exit(build.status ?? 1);
  mkdirSync('dist', { recursive: true });
  writeFileSync(STAMP, stamp());
}
