import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { DatabaseConnection } from '../../../src/database/database.js';
import { SessionsRepository } from '../../../src/tokens/sessions/sessions.repository.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { PASSWORD, type SignedIn, uniqueEmail } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/test-config.js';
import { describeOnEachStore } from '../support/databases.js';
import { expectProblem } from '../support/problems.js';

interface Session {
  id: string;
  device: string | null;
  userAgent: string | null;
  ip: string | null;
  createdAt: string;
  lastUsedAt: string;
  current: boolean;
}

const manySessions = (subject: string, count: number) => sql`
  insert into latchkey.sessions (id, subject, generation, secret_hash, created_at, last_used_at, idle_expires_at, expires_at,
    user_agent)
  select gen_random_uuid(), ${subject}, 0, repeat('x', 43), now(), now() - i * interval '1 second',
    now() + interval '7 days', now() + interval '30 days', repeat('a', 110)
  from generate_series(1, ${count}::int) i`;

describeOnEachStore('sessions', (environment) => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { ...environment(), TRUST_PROXY: '1' } });
  });

  afterAll(async () => {
    await server.close();
  });

  const loginFrom = async (email: string, device: string) => {
    const answer = await server.api.post<SignedIn>(
      '/api/auth/login',
      { email, password: PASSWORD },
      { headers: { 'user-agent': device } },
    );
    return answer.body;
  };
  const list = async (token: string) =>
    (await server.api.get<Session[]>('/api/auth/sessions', { token })).body;
  const page = async (path: string, token: string) => {
    const { body, headers } = await server.api.get<Session[]>(path, { token });
    const [, next] = /^<(.+)>; rel="next"$/.exec(headers.get('link') ?? '') ?? [];
    return { body, next };
  };
  /** In the database 50,000; in Redis, where each is a call, as many as tell the difference. */
  const openMany = async (subject: string) => {
    if (environment()['SESSION_STORE'] !== 'redis') {
      await server.app.get(DatabaseConnection).db.execute(manySessions(subject, 50_000));
      return;
    }
    const [repository, service] = [server.app.get(SessionsRepository), server.app.get(SessionsService)];
    const { session } = await service.open(subject, { ip: null, userAgent: null });
    const ids = Array.from({ length: 1500 }, () => randomUUID());
    await Promise.all(ids.map((id) => repository.create({ ...session, id })));
  };
  const end = (id: string, token: string) =>
    server.api.request('DELETE', `/api/auth/sessions/${id}`, { token });
  /** Signed in on two devices. */
  const twoDevices = async () => {
    const phone = (await server.api.register()).body;
    const laptop = await loginFrom(phone.user.email, 'laptop');
    return { phone, laptop, email: phone.user.email };
  };
  const expectDead = async (tokens: SignedIn) => {
    expectProblem(await server.api.profile(tokens.accessToken), 401, 'TOKEN_REVOKED');
    expectProblem(await server.api.refresh(tokens.refreshToken), 401, 'SESSION_ENDED');
  };
  const expectAlive = async (tokens: SignedIn) => {
    expect((await server.api.profile(tokens.accessToken)).status).toBe(200);
  };

  describe('the list', () => {
    it('tells of each session: device, address, times, and which one asks', async () => {
      const email = uniqueEmail();
      await server.api.register({ email });
      const startedAt = server.clock.now();
      const { accessToken } = await loginFrom(email, 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0');
      const [session, other, ...rest] = await list(accessToken);
      expect(rest).toEqual([]);
      expect(session).toEqual({
        id: sessionIdOf(accessToken),
        device: 'Firefox on Linux',
        userAgent: 'Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0',
        ip: '127.0.0.1',
        createdAt: expect.any(String),
        lastUsedAt: session?.createdAt,
        current: true,
        clientId: null,
        clientName: null,
      });
      expect(Date.parse(session?.createdAt ?? '')).toBeGreaterThanOrEqual(startedAt);
      expect(Date.parse(session?.createdAt ?? '')).toBeLessThanOrEqual(server.clock.now());
      expect(other?.current).toBe(false);
    });

    it('has the address that the trusted proxy tells of, not one that the client wrote', async () => {
      const { accessToken } = (
        await server.api.post<SignedIn>(
          '/api/auth/register',
          { email: uniqueEmail(), password: PASSWORD },
          { headers: { 'x-forwarded-for': '198.51.100.1, 203.0.113.7' } },
        )
      ).body;
      expect((await list(accessToken)).map((session) => session.ip)).toEqual(['203.0.113.7']);
    });

    it('begins with the one used last, and a refresh is a use', async () => {
      const { phone, laptop } = await twoDevices();
      server.clock.advance(1000);
      expect((await list(phone.accessToken)).map((session) => session.current)).toEqual([false, true]);
      await server.api.refresh(phone.refreshToken);
      const sessions = await list(phone.accessToken);
      expect(sessions.map((session) => session.id)).toEqual([
        sessionIdOf(phone.accessToken),
        sessionIdOf(laptop.accessToken),
      ]);
      const [first] = sessions;
      expect(Date.parse(first?.lastUsedAt ?? '')).toBeGreaterThan(Date.parse(first?.createdAt ?? ''));
    });

    it('marks for each session itself as the current one', async () => {
      const { phone, laptop } = await twoDevices();
      for (const { accessToken } of [phone, laptop]) {
        const current = (await list(accessToken)).filter((session) => session.current);
        expect(current.map((session) => session.id)).toEqual([sessionIdOf(accessToken)]);
      }
    });

    it('comes in pages, each with a link to the next', async () => {
      const { user, ...own } = (await server.api.register()).body;
      for (const device of ['b', 'c', 'd', 'e']) await loginFrom(user.email, device);
      const all = await list(own.accessToken);
      expect(all).toHaveLength(5);
      const pages = [await page('/api/auth/sessions?limit=2', own.accessToken)];
      for (let next = pages.at(-1)?.next; next !== undefined; next = pages.at(-1)?.next)
        pages.push(await page(next, own.accessToken));
      expect(pages.map(({ body }) => body.length)).toEqual([2, 2, 1]);
      expect(pages.flatMap(({ body }) => body)).toEqual(all);
    });

    it('has no link where one page is enough', async () => {
      const { phone } = await twoDevices();
      expect((await page('/api/auth/sessions?limit=2', phone.accessToken)).next).toBeUndefined();
    });

    it.each([
      'limit=0',
      'limit=101',
      'limit=1.5',
      'limit=all',
      'limit=1&limit=2',
      'cursor=',
      'cursor=x',
      'page=2',
    ])('refuses ?%s', async (query) => {
      const { accessToken } = (await server.api.register()).body;
      const answer = await server.api.get(`/api/auth/sessions?${query}`, { token: accessToken });
      expectProblem(answer, 400, 'VALIDATION_FAILED');
    });

    it('is a page of fifty for a user with 50,000 sessions, and the export is bounded, too', async () => {
      const { user, accessToken } = (await server.api.register()).body;
      await openMany(user.id);
      const answer = await page('/api/auth/sessions', accessToken);
      expect(answer.body).toHaveLength(50);
      const next = await page(answer.next ?? '', accessToken);
      expect(next.body).toHaveLength(50);
      expect(new Set([...answer.body, ...next.body].map(({ id }) => id)).size).toBe(100);
      const exported = await server.api.get<{ sessions: object[] }>('/api/profile/export', {
        token: accessToken,
      });
      expect(exported.body.sessions).toHaveLength(1000);
    });

    it('holds no session of another user', async () => {
      const { phone } = await twoDevices();
      const { accessToken: stranger } = (await server.api.register()).body;
      expect(await list(stranger)).toHaveLength(1);
      expect(await list(phone.accessToken)).toHaveLength(2);
    });

    it('holds what a browser may send as its name, cut, and does no harm', async () => {
      const email = (await server.api.register()).body.user.email;
      const { accessToken } = await loginFrom(email, `'; drop table sessions; -- ${'x'.repeat(5000)}`);
      const [session] = await list(accessToken);
      expect(session?.device).toBeNull();
      expect(session?.userAgent).toMatch(/^'; drop table sessions; -- x+$/);
      expect(session?.userAgent).toHaveLength(256);
    });
  });

  describe('ending one', () => {
    it('kills its tokens at once, takes it off the list, and leaves the others alone', async () => {
      const { phone, laptop } = await twoDevices();
      expect((await end(sessionIdOf(laptop.accessToken), phone.accessToken)).status).toBe(204);
      await expectDead(laptop);
      await expectAlive(phone);
      expect((await list(phone.accessToken)).map((session) => session.id)).toEqual([
        sessionIdOf(phone.accessToken),
      ]);
    });

    it('kills tokens that the session got by refreshing, too', async () => {
      const { phone, laptop } = await twoDevices();
      const refreshed = (await server.api.refresh(laptop.refreshToken)).body;
      await end(sessionIdOf(laptop.accessToken), phone.accessToken);
      expectProblem(await server.api.profile(refreshed.accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.profile(laptop.accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await server.api.refresh(refreshed.refreshToken), 401, 'SESSION_ENDED');
    });

    it('kills its tokens also where the id is written in upper case', async () => {
      const { phone, laptop } = await twoDevices();
      expect((await end(sessionIdOf(laptop.accessToken).toUpperCase(), phone.accessToken)).status).toBe(204);
      await expectDead(laptop);
    });

    it('twice is no error', async () => {
      const { phone, laptop } = await twoDevices();
      const id = sessionIdOf(laptop.accessToken);
      expect((await end(id, phone.accessToken)).status).toBe(204);
      expect((await end(id, phone.accessToken)).status).toBe(204);
    });

    it('may end the one that asks', async () => {
      const { phone, laptop } = await twoDevices();
      expect((await end(sessionIdOf(phone.accessToken), phone.accessToken)).status).toBe(204);
      await expectDead(phone);
      await expectAlive(laptop);
    });

    it('of another user answers 404, as one that does not exist, and ends nothing', async () => {
      const { phone } = await twoDevices();
      const { accessToken: stranger } = (await server.api.register()).body;
      const foreign = await end(sessionIdOf(phone.accessToken), stranger);
      const unknown = await end(randomUUID(), stranger);
      const nonsense = await end('nonsense', stranger);
      for (const answer of [foreign, unknown, nonsense]) {
        expectProblem(answer, 404, 'NOT_FOUND');
        expect(answer.body).toEqual(foreign.body);
      }
      await expectAlive(phone);
      expect((await server.api.refresh(phone.refreshToken)).status).toBe(200);
    });
  });

  describe('ending the others', () => {
    const endOthers = (token?: string) =>
      server.api.request('DELETE', '/api/auth/sessions', token === undefined ? {} : { token });

    it('kills their tokens at once, and leaves the session that asks and those of other users alone', async () => {
      const { phone, laptop, email } = await twoDevices();
      const tablet = await loginFrom(email, 'tablet');
      const stranger = (await server.api.register()).body;
      expect((await endOthers(phone.accessToken)).status).toBe(204);
      await expectDead(laptop);
      await expectDead(tablet);
      await expectAlive(phone);
      await expectAlive(stranger);
      expect((await list(phone.accessToken)).map((session) => session.id)).toEqual([
        sessionIdOf(phone.accessToken),
      ]);
      expect((await server.api.refresh(phone.refreshToken)).status).toBe(200);
    });

    it('is no error where there are none', async () => {
      const { accessToken } = (await server.api.register()).body;
      expect((await endOthers(accessToken)).status).toBe(204);
      expect((await endOthers(accessToken)).status).toBe(204);
    });

    it('needs a token, and that of a session that is there', async () => {
      const { phone, laptop } = await twoDevices();
      await end(sessionIdOf(laptop.accessToken), phone.accessToken);
      expectProblem(await endOthers(), 401, 'TOKEN_MISSING');
      expectProblem(await endOthers(laptop.accessToken), 401, 'TOKEN_REVOKED');
      await expectAlive(phone);
    });
  });

  describe('logging out', () => {
    it('ends this session and no other', async () => {
      const { phone, laptop } = await twoDevices();
      expect(
        (await server.api.post('/api/auth/logout', undefined, { token: phone.accessToken })).status,
      ).toBe(204);
      await expectDead(phone);
      await expectAlive(laptop);
      expect((await server.api.refresh(laptop.refreshToken)).status).toBe(200);
    });

    it('twice is refused, since the token is dead', async () => {
      const { accessToken: token } = (await server.api.register()).body;
      await server.api.post('/api/auth/logout', undefined, { token });
      expectProblem(await server.api.post('/api/auth/logout', undefined, { token }), 401, 'TOKEN_REVOKED');
    });

    it('everywhere ends every session of the user, and of no other user', async () => {
      const { phone, laptop, email } = await twoDevices();
      const stranger = (await server.api.register()).body;
      const answer = await server.api.post('/api/auth/logout-all', undefined, { token: laptop.accessToken });
      expect(answer.status).toBe(204);
      await expectDead(phone);
      await expectDead(laptop);
      await expectAlive(stranger);
      // The account is as it was.
      await expectAlive((await server.api.login(email)).body);
    });
  });

  // Moves the clock, so it comes last.
  it('are off the list when they have not been used for long', async () => {
    const { phone, laptop } = await twoDevices();
    server.clock.advance(6 * 86_400_000);
    const refreshed = (await server.api.refresh(phone.refreshToken)).body;
    server.clock.advance(2 * 86_400_000);
    const again = (await server.api.refresh(refreshed.refreshToken)).body;
    expect((await list(again.accessToken)).map((session) => session.id)).toEqual([
      sessionIdOf(phone.accessToken),
    ]);
    expectProblem(await server.api.refresh(laptop.refreshToken), 401, 'REFRESH_TOKEN_EXPIRED');
  });
});

describeOnEachStore('a restart', (environment) => {
  let directory: TemporaryDirectory;
  let server: TestApp;
  const secret = randomBytes(48).toString('base64');

  const start = () =>
    startTestApp({
      dataDir: directory.path,
      environment: { ...environment(), APP_SECRET: secret, PUBLIC_URL: 'https://id.example.com' },
    });

  beforeAll(async () => {
    directory = temporaryDirectory();
    server = await start();
  });

  afterAll(async () => {
    await server.close();
    directory.remove();
  });

  it('keeps users, sessions and tokens, and what was ended stays ended', async () => {
    const kept = (await server.api.register({ name: 'Ada' })).body;
    const loggedOut = (await server.api.login(kept.user.email)).body;
    const ended = (await server.api.login(kept.user.email)).body;
    const everywhere = (await server.api.register()).body;
    await server.api.post('/api/auth/logout', undefined, { token: loggedOut.accessToken });
    await server.api.request('DELETE', `/api/auth/sessions/${sessionIdOf(ended.accessToken)}`, {
      token: kept.accessToken,
    });
    await server.api.post('/api/auth/logout-all', undefined, { token: everywhere.accessToken });
    const rotated = (await server.api.refresh(kept.refreshToken)).body;

    await server.close();
    server = await start();

    const { api } = server;
    expect((await api.profile(kept.accessToken)).body).toEqual(kept.user);
    for (const { accessToken, refreshToken } of [loggedOut, ended, everywhere]) {
      expectProblem(await api.profile(accessToken), 401, 'TOKEN_REVOKED');
      expectProblem(await api.refresh(refreshToken), 401, 'SESSION_ENDED');
    }
    const sessions = await api.get<Session[]>('/api/auth/sessions', { token: kept.accessToken });
    expect(sessions.body.map((session) => session.id)).toEqual([sessionIdOf(kept.accessToken)]);
    expect((await api.refresh(rotated.refreshToken)).status).toBe(200);
    expect((await api.login(kept.user.email)).status).toBe(200);
    expectProblem(await api.register({ email: kept.user.email }), 409, 'EMAIL_TAKEN');
  });
});

function sessionIdOf(accessToken: string): string {
  const payload = Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString();
  return (JSON.parse(payload) as { sid: string }).sid;
}
