import { describe, expect, it } from '@jest/globals';
import { CommonPasswordsPolicy } from './common-passwords-policy.js';

describe('CommonPasswordsPolicy', () => {
  const policy = new CommonPasswordsPolicy();

  it.each(['password', 'PASSWORD', 'Password1', '12345678', 'iloveyou', 'qwertyuiop'])(
    'refuses %j, which is a common password',
    async (password) => {
      expect(await policy.reject(password)).toBe('is one of the most common passwords');
    },
  );

  it.each(['correct horse battery staple', ' password ', 'constructor', '__proto__', 'hasOwnProperty'])(
    'asks no more than that: %j',
    async (password) => {
      expect(await policy.reject(password)).toBeUndefined();
    },
  );
});
