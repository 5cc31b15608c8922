import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { readPassword } from './read-password.js';

/** A terminal, and what it shows. */
function terminal(): { input: PassThrough; output: PassThrough; shown: () => string } {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = new PassThrough();
  let shown = '';
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  return { input, output, shown: () => shown };
}

it('a terminal is asked twice, and shows nothing of what is typed', async () => {
  const { shown, ...source } = terminal();
  const password = readPassword(source);
  source.input.write('correct horse\r');
  source.input.write('correct horse\r');
  expect(await password).toBe('correct horse');
  expect(shown()).toBe('Password: \nThe same again: \n');
});

it('what is typed twice has to be the same, and Ctrl+C and nothing at all end it', async () => {
  for (const [typed, why] of [
    ['correct horse\rincorrect horse\r', 'The two passwords are not the same.'],
    ['\r', 'No password was given.'],
    ['corr\u0003', 'No password was given.'],
    ['\u0004', 'No password was given.'],
  ] as const) {
    const { input, output } = terminal();
    const password = readPassword({ input, output });
    input.write(typed);
    await expect(password).rejects.toThrow(why);
  }
});

it('of what is no terminal one line is the password, blanks included', async () => {
  const read = (...chunks: (string | Buffer)[]) => {
    const input = new PassThrough();
    for (const chunk of chunks) input.write(chunk);
    input.end();
    return readPassword({ input, output: new PassThrough() });
  };
  expect(await read(' correct ', 'horse \n')).toBe(' correct horse ');
  expect(await read('correct horse\r\n')).toBe('correct horse');
  await expect(read('')).rejects.toThrow('No password was given.');
  await expect(read('one\ntwo')).rejects.toThrow('more than one line');
  await expect(read(Buffer.from([0xff]))).rejects.toThrow('no UTF-8');
  await expect(read('x'.repeat(9000))).rejects.toThrow('more than a password');
});
