import { PassThrough } from 'node:stream';
import { expect, it } from '@jest/globals';
import { confirm } from './confirm.js';

async function answered(typed: string | null): Promise<{ confirmed: boolean; shown: string }> {
  const input = Object.assign(new PassThrough(), { isTTY: true });
  const output = Object.assign(new PassThrough(), { isTTY: true });
  let shown = '';
  output.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const asked = confirm('Delete Eve\u001B[2J?', { input, output });
  if (typed === null) input.end();
  else input.write(typed);
  return { confirmed: await asked, shown };
}

it.each(['y\r', 'yes\r', ' YES \r'])('%j confirms', async (typed) => {
  expect((await answered(typed)).confirmed).toBe(true);
});

it.each(['\r', 'n\r', 'yess\r', 'yes\u0003', '\u0004', null])('%j does not', async (typed) => {
  expect((await answered(typed)).confirmed).toBe(false);
});

it('the question is printable, and says what counts where nothing is typed', async () => {
  expect((await answered('\r')).shown).toContain('Delete Eve\uFFFD[2J? [y/N] ');
});
