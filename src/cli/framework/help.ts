import { type Command as Parser, Help } from 'commander';

/** Columns where there is no terminal that says how many it has. */
const WIDTH = 120;

/** Lists what does something, and not the groups that it is in. */
class FlatHelp extends Help {
  override visibleCommands(parser: Parser): Parser[] {
    return super
      .visibleCommands(parser)
      .flatMap((child) => (child.commands.length > 0 ? this.visibleCommands(child) : [child]));
  }

  override subcommandTerm(leaf: Parser): string {
    const { parent } = leaf;
    const name = parent?.parent ? `${parent.name()} ${leaf.name()}` : leaf.name();
    // All have that.
    return `${name} ${leaf.usage().replace('[--json]', '')}`.trim();
  }
}

/** All that can be typed after it, for people. */
export function helpOf(parser: Parser): string {
  const help = new FlatHelp();
  help.prepareContext({ helpWidth: process.stdout.columns ?? WIDTH });
  return help.formatHelp(parser, help);
}

/** One line. */
export function usageOf(parser: Parser): string {
  return `Usage: ${new Help().commandUsage(parser)}\n`;
}
