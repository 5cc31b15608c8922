import { Logger } from '@nestjs/common';
import type { Command } from '../framework/command.js';
import { textTable } from '../framework/text-table.js';
import { examine } from './examine.js';
import type { State } from './finding.js';

export const DOCTOR_COMMAND: Command = {
  name: 'doctor',
  summary: 'Looks at the configuration, and at all that it names, and says what to do. Changes nothing.',
  run: async () => {
    // What is wrong is told as a finding.
    Logger.overrideLogger(false);
    const { findings, unfinished } = await examine();
    const count = (state: State): number => findings.filter((one) => one.state === state).length;
    const failed = count('fail');
    const rows = findings.flatMap(({ state, check, found, advice }) => [
      [state, check, found],
      ...(advice === null ? [] : [['', '', `→ ${advice}`]]),
    ]);
    const total = `${failed} failed, ${count('warn')} could be better, ${count('ok')} are as they have to be.`;
    return {
      text: `${textTable(['state', 'check', 'found'], rows)}\n\n${total}`,
      data: { ok: failed === 0, findings },
      failed: failed > 0,
      unfinished,
    };
  },
};
