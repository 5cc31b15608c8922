/** A fenced block of TypeScript, with the comment that says which file it is, if it is one. */
const BLOCK = /(?:<!-- example: (?<name>\S+) -->\n\n)?```ts\n(?<code>.*?)```\n/gs;

/**
 * The document with the files that its comments name.
 * @param {string} document
 * @param {(name: string) => string} read
 */
export function withExamples(document, read) {
  return document.replaceAll(BLOCK, (block, /** @type {string | undefined} */ name) =>
    name === undefined ? block : `<!-- example: ${name} -->\n\n\`\`\`ts\n${read(name)}\`\`\`\n`,
  );
}

/** The files that a document shows, and the first lines of the blocks that are none. @param {string} document */
export function blocksOf(document) {
  const blocks = [...document.matchAll(BLOCK)].map(({ groups }) => groups ?? {});
  return {
    examples: blocks.flatMap(({ name }) => (name === undefined ? [] : [name])),
    others: blocks.flatMap(({ name, code = '' }) => (name === undefined ? [code.split('\n', 1).join()] : [])),
  };
}
