const NOT_RUN = '(not run here)';

/** A command in a document of `docs`. */
export interface DocumentedCommand {
  /** With `<placeholders>` that are not quoted, e.g. `npm run cli -- users disable <e-mail>`. */
  readonly text: string;
  readonly isRun: boolean;
}

/** The commands of blocks of `sh`, one a line, and those of the command line between backticks. */
export function documentedCommands(markdown: string): DocumentedCommand[] {
  const blocks = [...markdown.matchAll(/^ *```sh\n([\s\S]*?)^ *```/gm)].flatMap(([, block = '']) =>
    block.split('\n'),
  );
  const inline = [...markdown.matchAll(/`(npm run cli -- [^`…]+)`/g)].map(([, command = '']) => command);
  return [...blocks, ...inline]
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => ({ text: withoutComment(line), isRun: !line.endsWith(NOT_RUN) }));
}

function withoutComment(line: string): string {
  return line.replace(/ +# .*$/, '').replaceAll(/'(<[^>']+>)'/g, '$1');
}
