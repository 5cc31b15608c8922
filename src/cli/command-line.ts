import 'reflect-metadata';
import { packageVersion } from '../common/package-version.js';
import { terminalWidth } from '../config/terminal-width.js';
import { linesOfFailure } from '../start/explain-start-failure.js';
import { COMMANDS, GROUPS } from './commands/commands.js';
import { runCommandLine } from './framework/run-command-line.js';
import { standardTerminal } from './framework/terminal.js';
import { OpenedContext } from './opened-context.js';

const context = new OpenedContext();
const { stdout, stderr, exitCode, unfinished } = await runCommandLine(process.argv.slice(2), {
  catalogue: {
    description: 'What operators do: accounts, sessions, keys and the storage of a Latchkey server.',
    version: packageVersion(),
    commands: COMMANDS,
    groups: GROUPS,
  },
  context,
  get terminal() {
    return standardTerminal();
  },
  columns: terminalWidth(process.stdout),
  explain: linesOfFailure,
});
// A reader that has seen enough, such as `head`, is no failure.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = 1;
});
process.stdout.write(stdout);
process.stderr.write(stderr);
process.exitCode = exitCode;
// Both are written by then: to a file, a terminal or a pipe Node writes at once.
if (unfinished) process.exit();
