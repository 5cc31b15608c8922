// Writes docs/settings.md, .env.example and the type of options from the table of settings; with --check, only says whether
// that is done.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as prettier from 'prettier';
import { build } from 'rolldown';
import { environmentExample, optionsInterface, withTable } from './settings-documents.js';

/** @import { Setting } from '../../src/config/settings/setting.js' */

/** @param {string} path */
const inRoot = (path) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/**
 * From the sources, which need not have been built.
 * @returns {Promise<{ ALL_SETTINGS: readonly Setting[], optionNameOf: (setting: Setting) => string }>}
 */
async function fromSources() {
  const {
    output: [{ code }],
  } = await build({
    input: inRoot('src/config/settings/table.ts'),
    platform: 'node',
    resolve: { extensionAlias: { '.js': ['.ts', '.js'] } },
    output: { format: 'esm', codeSplitting: false },
    write: false,
  });
  return import(`data:text/javascript,${encodeURIComponent(code)}`);
}

const { ALL_SETTINGS: settings, optionNameOf } = await fromSources();
const old = readFileSync(inRoot('docs/settings.md'), 'utf8');
const documents = {
  'docs/settings.md': withTable(old, settings),
  '.env.example': environmentExample(settings),
  'src/config/latchkey-settings.ts': await prettier.format(optionsInterface(settings, optionNameOf), {
    ...JSON.parse(readFileSync(inRoot('.prettierrc.json'), 'utf8')),
    parser: 'typescript',
  }),
};
for (const [path, text] of Object.entries(documents)) {
  if (existsSync(inRoot(path)) && readFileSync(inRoot(path), 'utf8') === text) continue;
  if (process.argv.includes('--check')) {
    process.stderr.write(`${path} does not say what the table of settings says: npm run settings\n`);
    process.exitCode = 1;
  } else {
    writeFileSync(inRoot(path), text);
  }
}
