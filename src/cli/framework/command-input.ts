/** What was typed after the name of a command, by the names that its definition gives it. */
export class CommandInput {
  constructor(
    private readonly words: ReadonlyMap<string, string>,
    private readonly options: ReadonlyMap<string, unknown>,
  ) {}

  /** @throws TypeError if the command has no such argument */
  argument(name: string): string {
    const word = this.words.get(name);
    if (word === undefined) throw new TypeError(`The command has no argument ${name}.`);
    return word;
  }

  /** The value of an option, if it was given one. */
  option(name: string): string | undefined {
    const value = this.options.get(name);
    return typeof value === 'string' ? value : undefined;
  }

  /** Whether an option that takes no value was given. */
  flag(name: string): boolean {
    return this.options.get(name) === true;
  }
}
