import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { UnitOfWork } from '../../../src/common/unit-of-work.js';
import { LogoutSender } from '../../../src/oauth/logout/logout-sender.js';
import { RefreshRotationService } from '../../../src/tokens/sessions/refresh-rotation.service.js';
import { SessionsService } from '../../../src/tokens/sessions/sessions.service.js';
import { AuthEvents } from '../../../src/audit/events/auth-events.js';
import { UserFields } from '../../../src/users/fields/user-fields.js';
import { UsersRepository } from '../../../src/users/users.repository.js';
import { PostgresUsersRepository } from '../../../src/users/postgres-users.repository.js';
import type { SignedIn } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { IN_OWN_TABLE } from '../user-fields/own-table.js';
import { newStaffNumber, StaffFields } from '../user-fields/staff-fields.js';
import { describeStatements } from '../support/described-statements.js';
import { eventually } from '../support/eventually.js';

const NO_CLIENT = { ip: null, userAgent: null };
const SECRET = randomBytes(48).toString('base64');

/** A team's repository, which may keep users anywhere. */
class TeamUsersRepository extends PostgresUsersRepository {
  override readonly reading = undefined as never;

  override creating(): never {
    return undefined as never;
  }

  override holding(): never {
    return undefined as never;
  }
}

describeStatements('The statements of a request', (environment, statements) => {
  let server: TestApp;
  let account: SignedIn;
  const settings = () => ({ ...environment(), APP_SECRET: SECRET });

  beforeAll(async () => {
    server = await startTestApp({ environment: settings() });
    account = (await server.api.register()).body;
  });
  afterAll(() => server.close());

  async function expectStatements(
    request: () => Promise<{ status: number }>,
    expected: readonly RegExp[],
  ): Promise<void> {
    await statements.expect(
      () => request,
      (sent) => expect(sent).toEqual(expected.map((text) => expect.stringMatching(text))),
    );
  }

  it('to refresh: one', async () => {
    await expectStatements(async () => {
      const answer = await server.api.refresh(account.refreshToken);
      account = { ...account, ...answer.body };
      return answer;
    }, [/^update "latchkey"."sessions"/]);
  });

  it('to read the profile: one', async () => {
    await expectStatements(
      () => server.api.profile(account.accessToken),
      [/^select .* from "latchkey"."users"/s],
    );
  });

  it('to verify a token: none', async () => {
    const { accessToken } = (await server.api.login(account.user.email)).body;
    for (const query of ['', '?roles=user&scopes=profile:read'])
      await expectStatements(() => server.api.get(`/api/auth/verify${query}`, { token: accessToken }), []);
  });

  it('to open what an OAuth client is granted, and to refresh it: one each', async () => {
    const { session: parent } = await server.app.get(SessionsService).open(account.user.id, NO_CLIENT);
    const grant = { clientId: 'shop', scopes: ['openid'], parentId: parent.id };
    let refreshToken = '';
    await expectStatements(async () => {
      const { write, opened } = server.app.get(SessionsService).opening(account.user.id, NO_CLIENT, grant);
      const [era] = await server.app.get(UnitOfWork).write([write]);
      ({ refreshToken } = opened(era));
      return { status: 200 };
    }, [/^with "part_0"/]);
    await expectStatements(async () => {
      await server.app.get(SessionsService).open(account.user.id, NO_CLIENT, undefined, grant);
      return { status: 200 };
    }, [/^insert into "latchkey"."sessions"/]);
    await expectStatements(async () => {
      const rotated = await server.app
        .get(RefreshRotationService)
        .rotate(refreshToken, null, undefined, grant);
      ({ refreshToken } = rotated);
      return { status: 200 };
    }, [/^update "latchkey"."sessions"/]);
  });

  it('to log out: those of one transaction', async () => {
    await eventually(async () => {
      const { accessToken } = (await server.api.login(account.user.email)).body;
      const sent = await statements.of(() =>
        server.api.post('/api/auth/logout', undefined, { token: accessToken }),
      );
      expect([sent[0], sent.at(-1)]).toEqual([
        expect.stringMatching(/^begin/),
        expect.stringMatching(/^(commit|end)$/),
      ]);
      expect(sent.filter((text) => text.startsWith('begin'))).toHaveLength(1);
    });
  });

  it('beside that, to look for OAuth clients that are to be told of it: two, whatever has ended', async () => {
    const sender = server.app.get(LogoutSender, { strict: false });
    const run = async () => {
      await sender.run();
      return { status: 200 };
    };
    const look = /^update "latchkey"."oauth_logouts" set "due_at" = \$1 where .*"session_id" = any\(\$2/;
    const claim = /^update "latchkey"."oauth_logouts" set "due_at" = \$1 where .*for update skip locked/s;
    await eventually(async () => {
      await run();
      for (let each = 0; each < 3; each += 1) {
        const { accessToken } = (await server.api.login(account.user.email)).body;
        await server.api.post('/api/auth/logout', undefined, { token: accessToken });
      }
      expect(await statements.of(run)).toEqual([expect.stringMatching(look), expect.stringMatching(claim)]);
      expect(await statements.of(run)).toEqual([expect.stringMatching(claim)]);
    });
  });

  it('to log in from a known device: four at most', async () => {
    await eventually(async () => {
      const sent = await statements.of(() => server.api.login(account.user.email));
      expect(sent.length).toBeLessThanOrEqual(4);
    });
  });

  it('to register and be signed in: three at most', async () => {
    await eventually(async () => {
      const sent = await statements.of(() => server.api.register());
      expect(sent.length).toBeLessThanOrEqual(3);
    });
  });

  it('to log in and to register with a listener of all events: no more', async () => {
    const events = server.app.get(AuthEvents);
    let heard = 0;
    const end = events.onAny(() => (heard += 1));
    await eventually(async () => {
      const login = await statements.of(() => server.api.login(account.user.email));
      const registration = await statements.of(() => server.api.register());
      expect([login.length <= 4, registration.length <= 3, heard > 2]).toEqual([true, true, true]);
    });
    end();
  });

  describe("with a team's own fields, of which some are unique and some in tokens", () => {
    let staff: TestApp;
    let member: SignedIn;
    const register = () => staff.api.register({ staffNumber: newStaffNumber(), telephone: '+49 30 123456' });

    beforeAll(async () => {
      staff = await startTestApp({ environment: settings(), fields: UserFields.of(StaffFields) });
      member = (await register()).body;
    });
    afterAll(() => staff.close());

    it('to refresh: one', async () => {
      await expectStatements(async () => {
        const answer = await staff.api.refresh(member.refreshToken);
        member = { ...member, ...answer.body };
        return answer;
      }, [/^update "latchkey"."sessions"/]);
    });

    it('to read the profile: one', async () => {
      await expectStatements(
        () => staff.api.profile(member.accessToken),
        [/^select .* from "latchkey"."users"/s],
      );
    });

    it('to log in and to register: as many as without', async () => {
      await eventually(async () => {
        const sent = await statements.of(() => staff.api.login(member.user.email));
        expect(sent.length).toBeLessThanOrEqual(4);
      });
      await eventually(async () => {
        expect((await statements.of(register)).length).toBeLessThanOrEqual(3);
      });
    });
  });

  describe("with a team's own fields in a table of its own", () => {
    const OWN = /^select .* from "hr"."Staff"/s;
    let staff: TestApp;
    let member: SignedIn;
    const register = () => staff.api.register({ staffNumber: newStaffNumber(), telephone: '+49 30 123456' });

    beforeAll(async () => {
      staff = await startTestApp({
        environment: settings(),
        fields: UserFields.of(StaffFields),
        ...IN_OWN_TABLE,
      });
      member = (await register()).body;
    });
    afterAll(() => staff.close());

    it('to refresh: one more', async () => {
      await expectStatements(async () => {
        const answer = await staff.api.refresh(member.refreshToken);
        member = { ...member, ...answer.body };
        return answer;
      }, [/^update "latchkey"."sessions"/, OWN]);
    });

    it('to read the profile: one more', async () => {
      await expectStatements(
        () => staff.api.profile(member.accessToken),
        [/^select .* from "latchkey"."users"/s, OWN],
      );
    });

    it('to log in and to register: one more', async () => {
      await eventually(async () => {
        const sent = await statements.of(() => staff.api.login(member.user.email));
        expect([sent.length <= 5, sent.filter((text) => OWN.test(text)).length]).toEqual([true, 1]);
      });
      await eventually(async () => {
        const sent = await statements.of(register);
        expect([sent.length <= 4, sent.filter((text) => text.includes('"hr"."Staff"')).length]).toEqual([
          true,
          2,
        ]);
      });
    });
  });

  describe("with a team's own repository of users", () => {
    let team: TestApp;
    let member: SignedIn;

    beforeAll(async () => {
      const providers = [{ provide: UsersRepository, useClass: TeamUsersRepository }];
      team = await startTestApp({ environment: settings(), providers });
      member = (await team.api.register()).body;
    });
    afterAll(() => team.close());

    it('to refresh: one more', async () => {
      let { refreshToken } = member;
      await expectStatements(async () => {
        const answer = await team.api.refresh(refreshToken);
        ({ refreshToken } = answer.body);
        return answer;
      }, [/^update "latchkey"."sessions"/, /^select .* from "latchkey"."users"/s]);
    });

    it('to log in: one more', async () => {
      await eventually(async () => {
        const sent = await statements.of(() => team.api.login(member.user.email));
        expect(sent.length).toBeLessThanOrEqual(5);
      });
    });
  });
});
