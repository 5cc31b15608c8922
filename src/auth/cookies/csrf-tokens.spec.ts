import { createSecretKey, randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { TokensConfig } from '../../config/config.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { CsrfTokens } from './csrf-tokens.js';

const tokensOf = (appSecret: Buffer, previous?: Buffer) =>
  new CsrfTokens(
    new DerivedKeys({
      appSecret: createSecretKey(appSecret),
      appSecretPrevious: previous && createSecretKey(previous),
    } as TokensConfig),
  );

describe('CsrfTokens', () => {
  const secret = randomBytes(32);
  const tokens = tokensOf(secret);
  const session = randomUUID();
  const token = tokens.issue(session);

  it('are the same for the whole session, and good for no other', () => {
    expect(tokens.issue(session)).toBe(token);
    expect(tokens.isFor(session, token)).toBe(true);
    expect(tokens.isFor(randomUUID(), token)).toBe(false);
    expect(tokens.isFor(randomUUID(), tokens.issue(randomUUID()))).toBe(false);
  });

  it('cannot be made without APP_SECRET; the one before it still counts', () => {
    const next = randomBytes(32);
    expect(tokensOf(next).isFor(session, token)).toBe(false);
    expect(tokensOf(next, secret).isFor(session, token)).toBe(true);
    expect(tokensOf(next, secret).issue(session)).not.toBe(token);
  });

  it('are of use in cookies and headers as they are', () => {
    expect(token).toMatch(/^[\w.-]+$/);
    expect(token).toBe(encodeURIComponent(token));
  });

  it.each([
    '',
    '.',
    session,
    `${session}.`,
    `${token}=`,
    ` ${token}`,
    `${token}${token}`,
    token.toUpperCase(),
    token.slice(0, -1),
    `\u0100${token.slice(1)}`,
    '\ud800'.repeat(token.length),
  ])('are not %j', (text) => {
    expect([tokens.isFor(session, text), tokens.sessionOf(text)]).toEqual([false, undefined]);
  });

  it('are known to be genuine without knowing the session', () => {
    expect(tokens.sessionOf(token)).toBe(session);
    expect(tokens.sessionOf(tokensOf(randomBytes(32)).issue(session))).toBeUndefined();
  });
});
