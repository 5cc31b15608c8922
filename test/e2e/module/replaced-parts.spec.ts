import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import {
  AccountThrottlingConfig,
  AttemptStore,
  type EndedSessions,
  OneTimeTokensRepository,
  type Principal,
  RateLimitEvents,
  RevocationService,
  RevocationStore,
  Scopes,
  ScopesGuard,
  SessionsRepository,
  type SpentQuota,
  TokenEvents,
} from '../../../src/index.js';
import { PostgresOneTimeTokensRepository } from '../../../src/tokens/one-time/postgres-one-time-tokens.repository.js';
import { PostgresRevocationStore } from '../../../src/tokens/revocation/postgres-revocation-store.js';
import { PostgresSessionsRepository } from '../../../src/tokens/sessions/postgres-sessions.repository.js';
import { InProcessAttempts } from '../../../src/throttling/account/in-process-attempts.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

/** Which parts of the team were asked. */
const asked: string[] = [];

class TeamSessions extends PostgresSessionsRepository {
  override async findOpen(...args: Parameters<PostgresSessionsRepository['findOpen']>) {
    asked.push('SessionsRepository');
    return super.findOpen(...args);
  }
}

class TeamRevocations extends PostgresRevocationStore {
  override async add(...args: Parameters<PostgresRevocationStore['add']>) {
    asked.push('RevocationStore');
    return super.add(...args);
  }
}

class TeamOneTimeTokens extends PostgresOneTimeTokensRepository {
  override async find(...args: Parameters<PostgresOneTimeTokensRepository['find']>) {
    asked.push('OneTimeTokensRepository');
    return super.find(...args);
  }
}

class TeamTokenEvents extends TokenEvents {
  override sessionsEnded({ reason }: EndedSessions): Promise<void> {
    asked.push(`TokenEvents ${reason}`);
    return Promise.resolve();
  }
}

class TeamRateLimitEvents extends RateLimitEvents {
  override quotaSpent({ counter }: SpentQuota): void {
    asked.push(`RateLimitEvents ${counter}`);
  }
}

class TeamAttempts extends InProcessAttempts {
  override async count(...args: Parameters<InProcessAttempts['count']>) {
    asked.push('AttemptStore');
    return super.count(...args);
  }
}

/** Who may write may read. */
class TeamScopesGuard extends ScopesGuard {
  protected override hasScope(caller: Principal, scope: string): boolean {
    return super.hasScope(caller, scope) || super.hasScope(caller, scope.replace(/:read$/, ':write'));
  }
}

@Controller('notes')
class NotesController {
  @Get()
  @Scopes('profile:read')
  read(): object {
    return {};
  }

  @Get('all')
  @Scopes('notes:read')
  all(): object {
    return {};
  }
}
@Module({ controllers: [NotesController] })
class NotesModule {}

describe('Parts of a team stand in for the defaults:', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({
      environment: { VERIFY_RATE_LIMIT: '1/1m' },
      imports: [NotesModule],
      providers: [
        { provide: SessionsRepository, useClass: TeamSessions },
        { provide: RevocationStore, useClass: TeamRevocations },
        { provide: OneTimeTokensRepository, useClass: TeamOneTimeTokens },
        { provide: TokenEvents, useClass: TeamTokenEvents },
        { provide: RateLimitEvents, useClass: TeamRateLimitEvents },
        {
          provide: AttemptStore,
          inject: [AccountThrottlingConfig],
          useFactory: (config: AccountThrottlingConfig) => new TeamAttempts(config),
        },
        { provide: ScopesGuard, useClass: TeamScopesGuard },
      ],
    });
  });
  afterAll(() => server.close());

  it('where sessions, revocations and one-time tokens are kept, and what is told of them', async () => {
    asked.length = 0;
    const { user, accessToken: token } = (await server.api.register()).body;
    await server.api.get('/api/auth/sessions', { token });
    await server.app.get(RevocationService).revokeSubject(user.id);
    await server.api.post('/api/auth/password/reset', {
      token: `lk_ot_${'x'.repeat(43)}`,
      password: 'x'.repeat(20),
    });
    const { accessToken } = (await server.api.login(user.email)).body;
    await server.api.post('/api/auth/logout', undefined, { token: accessToken });
    expect(asked.filter((part) => part !== 'AttemptStore')).toEqual([
      'SessionsRepository',
      'RevocationStore',
      'OneTimeTokensRepository',
      'TokenEvents logout',
    ]);
  });

  it('where wrong passwords are counted, and what is told of a quota that is spent', async () => {
    asked.length = 0;
    const { email } = (await server.api.register()).body.user;
    expectProblem(await server.api.login(email, 'wrong'), 401, 'INVALID_CREDENTIALS');
    for (let n = 0; n < 2; n += 1) await server.api.post('/api/auth/email/verify', { token: 'lk_ot_x' });
    expect(asked).toContain('AttemptStore');
    expect(asked.at(-1)).toMatch(/^RateLimitEvents /);
  });

  it('the step by which a scope is found', async () => {
    const { accessToken } = (await server.api.register()).body;
    const statusOf = async (path: string) =>
      (await fetch(server.url + path, { headers: { authorization: `Bearer ${accessToken}` } })).status;
    expect([await statusOf('/notes'), await statusOf('/notes/all')]).toEqual([200, 403]);
  });
});
