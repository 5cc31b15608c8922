import { beforeEach, describe, expect, it } from '@jest/globals';
import { CommandLineUnderTest } from '../../../test/support/command-line-under-test.js';
import { LatchkeyError, NotFoundError } from '../../common/errors/latchkey-error.js';
import { ConfigurationError } from '../../config/configuration-error.js';

let line: CommandLineUnderTest;

beforeEach(() => {
  line = new CommandLineUnderTest();
});

describe('a command that fails', () => {
  it.each([
    [new NotFoundError('There is no such user.'), 3, 'NOT_FOUND', 'There is no such user.'],
    [new LatchkeyError('CONFLICT', 'It was\nchanged.'), 1, 'CONFLICT', 'It was changed.'],
    [
      new LatchkeyError('VALIDATION_FAILED', 'Refused.', { fields: [{ field: 'name', message: 'is long' }] }),
      1,
      'VALIDATION_FAILED',
      'name: is long.',
    ],
    [
      new LatchkeyError('FIELD_TAKEN', 'Another has it.', {
        fields: [{ field: 'name', message: 'name is taken' }],
      }),
      1,
      'FIELD_TAKEN',
      'Another has it. name is taken.',
    ],
    [
      new LatchkeyError('PASSWORD_REJECTED', 'The password is short.', {
        fields: [{ field: 'password', message: 'is short' }],
      }),
      1,
      'PASSWORD_REJECTED',
      'The password is short.',
    ],
    [new ConfigurationError(['PORT is wrong']), 1, 'CONFIGURATION_INVALID', 'PORT is wrong'],
  ])('ends with its code and one line: %s', async (error, exitCode, code, detail) => {
    line.result = () => {
      throw error;
    };
    expect(await line.run('migrate')).toEqual({ stdout: '', stderr: `${detail}\n`, exitCode });
    const asJson = await line.run('migrate', '--json');
    expect(asJson).toEqual({ stdout: '', stderr: `${JSON.stringify({ code, detail })}\n`, exitCode });
    expect(line.closed).toBe(2);
  });

  it('for a reason that was not foreseen tells it with a stack, to programs on one line', async () => {
    line.result = () => {
      throw new TypeError('why');
    };
    expect((await line.run('migrate')).stderr).toBe('Error: why\n    at stack\n');
    const { stderr } = await line.run('migrate', '--json');
    expect(stderr).toBe('{"code":"INTERNAL","detail":"Error: why at stack"}\n');
  });
});
