/**
 * The environment, or the options, are not usable. One line for each bad value; the process must not start. It is printed without the
 * lines of code that it was thrown from: those say nothing of what is wrong.
 */
export class ConfigurationError extends Error {
  declare readonly problems: readonly string[];

  /** @param problems a line each */
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigurationError';
    this.stack = `${this.name}: ${this.message}`;
    // Not printed beside the message, which holds them.
    Object.defineProperty(this, 'problems', { value: problems });
  }
}
