// Writes the list of commands into docs/command-line.md; a test holds it against the sources.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { withCommands } from './commands-document.js';

/** @import { CommandsModule, SignatureModule } from './commands-document.js' */

/** Of the build, which need not be there when types are checked. @param {string} path */
const built = (path) => import(new URL(`../../dist/cli/${path}`, import.meta.url).href);

/** @type {CommandsModule} */
const { COMMANDS } = await built('commands/commands.js');
/** @type {SignatureModule} */
const { signatureOf } = await built('framework/signature.js');
const path = fileURLToPath(new URL('../../docs/command-line.md', import.meta.url));
writeFileSync(path, withCommands(readFileSync(path, 'utf8'), COMMANDS, signatureOf));
