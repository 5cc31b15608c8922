import { inspect } from 'node:util';
import { expect, it } from '@jest/globals';
import { ConfigurationError } from './configuration-error.js';

it('A configuration error is printed as its lines alone', () => {
  const error = new ConfigurationError(['issuer must be a URL', 'audience must be a text']);
  expect(error.problems).toHaveLength(2);
  expect(inspect(error)).toBe('[ConfigurationError: issuer must be a URL\naudience must be a text]');
});
