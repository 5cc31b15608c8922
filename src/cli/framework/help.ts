import { type Command as Parser, Help } from 'commander';

/** Columns that help needs at least. */
const NARROWEST = 40;
const USAGE = 'Usage: ';

/** Lists what does something, and not the groups that it is in, in lines that fit. */
class FlatHelp extends Help {
  /** Columns that a description has beside its term; with fewer it stands below. */
  override minWidthToWrap = 24;

  override visibleCommands(parser: Parser): Parser[] {
    return super
      .visibleCommands(parser)
      .flatMap((child) => (child.commands.length > 0 ? this.visibleCommands(child) : [child]));
  }

  /** What it needs. What else it takes its own help says. */
  override subcommandTerm(leaf: Parser): string {
    const { parent } = leaf;
    return [
      parent?.parent ? `${parent.name()} ${leaf.name()}` : leaf.name(),
      ...leaf.registeredArguments.map((argument) => `<${argument.name()}>`),
      ...leaf.options.filter(({ mandatory }) => mandatory).map(({ flags }) => flags),
    ].join(' ');
  }

  override formatItem(term: string, termWidth: number, description: string, helper: Help): string {
    const width = this.helpWidth ?? NARROWEST;
    if (width - termWidth - 4 >= this.minWidthToWrap)
      return super.formatItem(term, termWidth, description, helper);
    return `  ${term}\n${this.boxWrap(description, width - 6).replaceAll(/^/gm, ' '.repeat(6))}`;
  }

  override styleUsage(usage: string): string {
    const width = (this.helpWidth ?? NARROWEST) - USAGE.length;
    return linesOf(usage, width).join(`\n${' '.repeat(USAGE.length)}`);
  }
}

/** All that can be typed after it, for people. @param columns that lines may have */
export function helpOf(parser: Parser, columns: number): string {
  const help = new FlatHelp();
  help.prepareContext({ helpWidth: Math.max(NARROWEST, columns) });
  const text = help.formatHelp(parser, help);
  return parser.commands.length > 0 ? `${text}\nMore of one: ${nameOf(parser)} <command> --help\n` : text;
}

/** One line. */
export function usageOf(parser: Parser): string {
  return `${USAGE}${new Help().commandUsage(parser)}\n`;
}

function nameOf(parser: Parser): string {
  return parser.parent ? `${nameOf(parser.parent)} ${parser.name()}` : parser.name();
}

/** Broken between arguments and options, and not within one. */
function linesOf(usage: string, width: number): string[] {
  const lines: string[] = [];
  for (const part of usage.match(/\[[^\]]*\]|--[\w-]+ <[^>]*>|<[^>]*>|\S+/g) ?? []) {
    const longer = `${lines.at(-1) ?? ''} ${part}`.trimStart();
    if (lines.length > 0 && longer.length > width) lines.push(part);
    else lines.splice(-1, 1, longer);
  }
  return lines;
}
