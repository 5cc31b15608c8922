/** @import { Command } from '../../src/cli/framework/command.js' */
/** @typedef {typeof import('../../src/cli/commands/commands.js')} CommandsModule */
/** @typedef {typeof import('../../src/cli/framework/signature.js')} SignatureModule */

const BEGIN = '<!-- commands: written by npm run commands -->\n\n';
const END = '\n<!-- end of commands -->';

/**
 * The document with the commands as they are defined.
 * @param {string} document
 * @param {readonly Command[]} commands
 * @param {(command: Command) => string} signatureOf
 */
export function withCommands(document, commands, signatureOf) {
  const [from, to] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (from === -1 || to === -1) throw new Error(`docs/command-line.md has no line ${BEGIN.trim()}`);
  const rows = commands.map(
    (command) => `| \`${`${command.name} ${signatureOf(command)}`.trim()}\` | ${command.summary} |\n`,
  );
  const table = `<!-- prettier-ignore -->\n| command | what it does |\n| --- | --- |\n${rows.join('')}`;
  return `${document.slice(0, from)}${BEGIN}${table}${document.slice(to)}`;
}
