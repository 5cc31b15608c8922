import { createInterface } from 'node:readline';
import { printable } from './printable.js';
import type { Terminal } from './terminal.js';

/** Whether what was asked is to be done: `y` or `yes`. Ctrl+C, the end of the input and all else is no. */
export async function confirm(question: string, { input, output }: Terminal): Promise<boolean> {
  const lines = createInterface({ input, output, historySize: 0 });
  try {
    const answer = await new Promise<string>((resolve) => {
      lines.once('close', () => resolve(''));
      // Without a listener the process would go on waiting.
      lines.once('SIGINT', () => lines.close());
      lines.question(`${printable(question)} [y/N] `, resolve);
    });
    return /^\s*y(?:es)?\s*$/i.test(answer);
  } finally {
    lines.close();
  }
}
