/** @import { Setting } from '../../src/config/settings/setting.js' */

const BEGIN = '<!-- settings: written by npm run settings -->\n\n<!-- prettier-ignore -->\n';
const END = '\n<!-- end of settings -->';

/** The document with the table of settings as they are declared. @param {string} document @param {readonly Setting[]} settings */
export function withTable(document, settings) {
  const [before, rest] = split(document, BEGIN);
  const [, after] = split(rest, END);
  const rows = settings.map(
    (setting) => `| \`${setting.name}\` | ${defaultOf(setting)} | ${setting.meaning} |\n`,
  );
  return `${before}${BEGIN}| name | default | meaning |\n| --- | --- | --- |\n${rows.join('')}${END}${after}`;
}

/** A file of the environment in which nothing is set yet. @param {readonly Setting[]} settings */
export function environmentExample(settings) {
  const head = [
    '# Every setting, with its default or an example. docs/settings.md says what they mean.',
    '# Not read by itself: node --env-file=.env dist/main.js',
    '',
  ].join('\n');
  return head + settings.map((setting) => `# ${setting.name}=${exampleOf(setting)}\n`).join('');
}

const OPTIONS_HEAD = `// Written by npm run settings.

/**
 * The settings as options of \`LatchkeyModule\`, which reads no environment. A text is what the variable would hold. Those of the server
 * alone, such as \`TRUST_PROXY\`, are not among them (docs/extending.md#behind-a-proxy-and-for-browsers).
 */
export interface LatchkeySettings {
`;

/** The settings as the type of options. @param {readonly Setting[]} settings @param {(setting: Setting) => string} optionNameOf */
export function optionsInterface(settings, optionNameOf) {
  const members = settings
    .filter(({ ofServer }) => ofServer === undefined)
    .map((setting) => {
      const meaning = setting.meaning
        .replaceAll(/\(\[[^\]]+\]\(([^)]+)\)\)/g, '(docs/$1)')
        .replaceAll(/\[([^\]]+)\]\(([^)]+)\)/g, '$1 (docs/$2)');
      return `  /** \`${setting.name}\`: ${meaning}. Default: ${defaultOf(setting)}. */\n  readonly ${optionNameOf(setting)}?: ${setting.parser.type ?? 'string'} | undefined;\n`;
    });
  return `${OPTIONS_HEAD}${members.join('')}}\n`;
}

/** @param {Setting} setting */
function defaultOf(setting) {
  if ('default' in setting) return `\`${setting.default}\``;
  return 'derived' in setting ? setting.derived : `unset: ${setting.unset}`;
}

/** @param {Setting} setting */
function exampleOf(setting) {
  return 'default' in setting ? setting.default : (setting.example ?? '');
}

/** @param {string} text @param {string} mark @returns {[string, string]} */
function split(text, mark) {
  const at = text.indexOf(mark);
  if (at === -1) throw new Error(`docs/settings.md has no line ${mark.trim()}`);
  return [text.slice(0, at), text.slice(at + mark.length)];
}
