import { expect, it } from '@jest/globals';
import { diagnose } from './diagnose.js';
import type { Check, Subject } from './subject.js';

const SUBJECT = { explain: (error: unknown) => `Why: ${(error as Error).message}.` } as Subject;
const check = (name: string, look: Check['look'], needs: string[] = []): Check => ({ name, needs, look });
const states = async (checks: Check[], bad: string[] = [], within = 60_000) => {
  const { findings, unfinished } = await diagnose(SUBJECT, checks, new Set(bad), within);
  return {
    findings: findings.map(({ check: name, state, found }) => `${state} ${name}: ${found}`),
    unfinished,
  };
};

it('what is found is in the order of the checks, whichever is done first', async () => {
  let done = (): void => undefined;
  const fast = new Promise<void>((resolve) => (done = resolve));
  const checks = [
    check('slow', async (_, findings) => {
      await fast;
      findings.ok('Well.').of('part').warn('Hm.', 'Do this.');
    }),
    check('fast', (_, findings) => {
      findings.fail('Bad.');
      done();
      return Promise.resolve();
    }),
  ];
  expect(await states(checks)).toEqual({
    findings: ['ok slow: Well.', 'warn part: Hm.', 'fail fast: Bad.'],
    unfinished: false,
  });
});

it('a check that throws has failed, for the reason that a start would tell, and keeps what it found', async () => {
  const checks = [
    check('store', async (_, findings) => {
      findings.ok('Answers.');
      await Promise.reject(new Error('it broke'));
    }),
  ];
  expect((await states(checks)).findings).toEqual(['ok store: Answers.', 'fail store: Why: it broke.']);
});

it('a check that does not end is given up, and said to go on', async () => {
  const checks = [check('silent', () => new Promise(() => undefined))];
  expect(await states(checks, [], 10)).toEqual({
    findings: ['fail silent: No answer within 0.01 s.'],
    unfinished: true,
  });
});

it('a check whose settings are bad is skipped', async () => {
  const checks = [check('mail', () => Promise.reject(new Error('looked')), ['MAIL_URL'])];
  expect((await states(checks, ['MAIL_URL'])).findings).toEqual([
    'skipped mail: Not looked at: MAIL_URL has to be right first.',
  ]);
});
