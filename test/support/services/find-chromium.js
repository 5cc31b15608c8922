import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { findInDirectory, findOnPath } from './find-on-path.js';

/** @import { Service } from './service.js' */

/** @returns {Promise<Service>} */
export async function findChromium() {
  const given = process.env['CHROMIUM_PATH'];
  const file =
    given ??
    findInDirectory('/usr/bin', ['chromium'])?.chromium ??
    findOnPath('chromium')?.chromium ??
    findOnPath('google-chrome')?.['google-chrome'];
  if (!file) return { missing: 'Chromium (no chromium or google-chrome found; set CHROMIUM_PATH)' };
  try {
    const { stdout } = await promisify(execFile)(file, ['--version']);
    return { found: `Chromium ${/[\d.]+/.exec(stdout)?.[0] ?? ''} (${file})`, value: file };
  } catch (error) {
    const why = `${file} does not run`;
    if (given) throw new Error(`The browser of CHROMIUM_PATH cannot be used: ${why}`, { cause: error });
    return { missing: `Chromium (${why}; set CHROMIUM_PATH)` };
  }
}
