import { readFileSync, writeFileSync } from 'node:fs';
import { environmentExample, withTable } from './settings-documents.js';

/** @import { Setting } from '../../src/config/settings/setting.js' */

const table = new URL('../../dist/config/settings/table.js', import.meta.url);
const document = new URL('../../docs/settings.md', import.meta.url);

// By its URL, since types are checked before it is built.
const { ALL_SETTINGS } = /** @type {{ ALL_SETTINGS: readonly Setting[] }} */ (await import(table.href));
writeFileSync(document, withTable(readFileSync(document, 'utf8'), ALL_SETTINGS));
writeFileSync(new URL('../../.env.example', import.meta.url), environmentExample(ALL_SETTINGS));
