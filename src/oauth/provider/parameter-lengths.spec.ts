import { describe, expect, it } from '@jest/globals';
import { parameterThatIsTooLong } from './parameter-lengths.js';

describe('parameterThatIsTooLong', () => {
  it.each([
    ['state', 4_096],
    ['nonce', 512],
    ['login_hint', 512],
    ['scope', 8_192],
    ['claims', 8_192],
    ['id_token_hint', 16_384],
    ['client_assertion', 16_384],
    ['redirect_uri', 2_048],
    ['code_verifier', 2_048],
    ['other', 2_048],
  ])('lets %s have %i characters', (name, max) => {
    expect(parameterThatIsTooLong({ [name]: 'x'.repeat(max) })).toBeUndefined();
    expect(parameterThatIsTooLong({ [name]: 'x'.repeat(max + 1) })).toEqual({ name, max });
  });

  it('looks at each of several values', () => {
    expect(parameterThatIsTooLong({ nonce: ['a', 'x'.repeat(513)] })).toEqual({ name: 'nonce', max: 512 });
  });

  it('says no name that is long itself', () => {
    const parameters = { ['n'.repeat(5_000)]: 'x'.repeat(3_000) };
    expect(parameterThatIsTooLong(parameters)).toEqual({ name: 'a parameter', max: 2_048 });
  });
});
