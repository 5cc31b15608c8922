import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';

/** What tests hold sizes to; bytes. */
export const limits = { client: 5_000, tarball: 1_600_000, pageScript: 15_000 };

/** @returns bytes of the client in one script, minified and compressed by gzip */
export function clientSize() {
  const [script, client] = ['../client/bundle-script.js', '../../src/client/index.ts'].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  );
  const output = execFileSync(process.execPath, [script ?? '', client ?? ''], { encoding: 'utf8' });
  return gzipSync(JSON.parse(output).code).length;
}

/** @returns bytes of the account pages' script, compressed by gzip, once it is built */
export function pageScriptSize() {
  return gzipSync(readFileSync(new URL('../../dist/pages/assets/pages.js', import.meta.url))).length;
}

/** @returns bytes of what `npm pack` makes of what is built */
export function tarballSize() {
  const [, size] =
    /"size": *(\d+)/.exec(
      execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
        maxBuffer: 16_777_216,
      }),
    ) ?? [];
  return Number(size);
}
