// Writes docs/settings.md and .env.example from the table of settings; with --check, only says whether that is done.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { environmentExample, withTable } from './settings-documents.js';

/** @import { Setting } from '../../src/config/settings/setting.js' */

/** @param {string} path */
const inRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** From the sources, which need not have been built. @returns {Promise<readonly Setting[]>} */
async function allSettings() {
  const {
    output: [{ code }],
  } = await build({
    input: inRoot('src/config/settings/table.ts'),
    platform: 'node',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    output: { format: 'esm', codeSplitting: false },
    write: false,
  });
  const module = await import(`data:text/javascript,${encodeURIComponent(code)}`);
  return /** @type {{ ALL_SETTINGS: readonly Setting[] }} */ (module).ALL_SETTINGS;
}

const settings = await allSettings();
const old = readFileSync(inRoot('docs/settings.md'), 'utf8');
const documents = {
  'docs/settings.md': withTable(old, settings),
  '.env.example': environmentExample(settings),
};
for (const [path, text] of Object.entries(documents)) {
  if (readFileSync(inRoot(path), 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} does not say what the table of settings says: npm run settings\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(inRoot(path), text);
  }
}
