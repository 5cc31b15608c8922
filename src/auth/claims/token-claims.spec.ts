import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { CustomClaimsError } from '../../tokens/access/custom-claims.js';
import type { Session } from '../../tokens/sessions/session.js';
import type { User } from '../../users/user.js';
import { AccountDisabledError } from '../../users/users.errors.js';
import { type ClaimsContext, ClaimsContributor, ClaimsContributors } from './claims-contributor.js';
import { TokenClaims } from './token-claims.js';

const USER = { id: 'u1', passwordHash: 'hash' } as User;
const SESSION = { id: 's1', secretHash: 'hash', ip: null } as Session;

class Contributor extends ClaimsContributor {
  constructor(readonly contribute: ClaimsContributor['contribute']) {
    super();
  }
}

const ask = async (...contribute: ClaimsContributor['contribute'][]) => {
  const [first, ...others] = contribute.map((each) => new Contributor(each));
  const contributor =
    first && others.length === 0 ? first : new ClaimsContributors(first ? [first, ...others] : []);
  return new TokenClaims(contributor).of(USER, SESSION, 'login');
};

describe('TokenClaims', () => {
  let complaints: string[];

  beforeEach(() => {
    complaints = [];
    jest
      .spyOn(Logger.prototype, 'error')
      .mockImplementation((line: unknown) => void complaints.push(String(line)));
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });

  it('are none without a contributor', async () => {
    expect([await ask(), new TokenClaims(new ClaimsContributors([])).areContributed]).toEqual([{}, false]);
  });

  it('are asked for with the user and the session, but for what no token may hold', async () => {
    let told: ClaimsContext | undefined;
    await ask((context) => {
      told = context;
      return {};
    });
    expect(told).toMatchObject({ reason: 'login', user: { id: 'u1' }, session: { id: 's1' } });
    expect(JSON.stringify(told)).not.toContain('hash');
  });

  it('are those of several contributors, which may not say the same', async () => {
    await expect(
      ask(
        () => ({ a: 1 }),
        () => Promise.resolve({ b: 2 }),
      ),
    ).resolves.toEqual({ a: 1, b: 2 });
    await expect(
      ask(
        () => ({ a: 1 }),
        () => ({ a: 1 }),
      ),
    ).rejects.toThrow(new CustomClaimsError('Two contributors give the claim a.'));
  });

  it('that no token can have are refused', async () => {
    await expect(ask(() => ({ sub: 'another' }))).rejects.toThrow(CustomClaimsError);
  });

  it('that cannot be said are 503, logged, and their reason is not told', async () => {
    const failed = ask(() => {
      throw new Error('no route to 10.0.0.7');
    });
    const message = 'What belongs into the token cannot be determined right now.';
    await expect(failed).rejects.toMatchObject({ code: 'UNAVAILABLE', message });
    expect(complaints).toEqual(['The claims of a token could not be determined: no route to 10.0.0.7']);
  });

  it('may be refused by an error that the contributor chose', async () => {
    await expect(ask(() => Promise.reject(new AccountDisabledError()))).rejects.toThrow(AccountDisabledError);
    expect(complaints).toEqual([]);
  });

  it('are waited for a while only', async () => {
    const late = new AbortController();
    jest.spyOn(AbortSignal, 'timeout').mockReturnValue(late.signal);
    const waiting = ask(() => new Promise(() => undefined));
    late.abort();
    await expect(waiting).rejects.toThrow(UnavailableError);
  });
});
