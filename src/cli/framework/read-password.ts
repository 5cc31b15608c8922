import { createInterface } from 'node:readline';
import { Writable } from 'node:stream';
import { LatchkeyError } from '../../common/errors/latchkey-error.js';
import { standardTerminal, type Terminal } from './terminal.js';

/** Octets of standard input that are taken at most. */
const INPUT_MAX = 8_192;

/**
 * A password, never of the arguments, which other users of the machine see: on a terminal it is asked for twice and not
 * shown; otherwise it is the one line of standard input.
 * @throws LatchkeyError if there is none, or the two are not the same
 */
export async function readPassword({ input, output }: Terminal = standardTerminal()): Promise<string> {
  const password = input.isTTY ? await ask(input, output) : await firstLine(input);
  if (password === '') throw refused('No password was given.');
  return password;
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > INPUT_MAX) throw refused('Standard input holds more than a password.');
  }
  let text;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch {
    throw refused('The password is no UTF-8.');
  }
  const [line = '', ...rest] = text.replace(/\r?\n$/, '').split(/\r?\n/);
  if (rest.length > 0) throw refused('Standard input holds more than one line.');
  return line;
}

async function ask(input: NodeJS.ReadableStream, output: NodeJS.WritableStream): Promise<string> {
  const unseen = new Writable({ write: (_chunk, _encoding, done) => done() });
  const terminal = createInterface({ input, output: unseen, terminal: true, historySize: 0 });
  // Ctrl+C; without a listener the process would go on waiting.
  terminal.once('SIGINT', () => terminal.close());
  // It keeps a line that comes before it is asked for, of what was pasted, say.
  const lines = terminal[Symbol.asyncIterator]();
  const answer = async (question: string) => {
    output.write(question);
    const next = await lines.next();
    output.write('\n');
    if (next.done === true) throw refused('No password was given.');
    return next.value;
  };
  try {
    const password = await answer('Password: ');
    if (password !== '' && (await answer('The same again: ')) !== password)
      throw refused('The two passwords are not the same.');
    return password;
  } finally {
    terminal.close();
  }
}

function refused(why: string): LatchkeyError {
  return new LatchkeyError('VALIDATION_FAILED', why);
}
