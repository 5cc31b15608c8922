import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ApiClient } from '../../support/api-client.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import {
  describeWithFaketime,
  describeWithPostgres,
  faketime,
  type TestDatabase,
} from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';
import { runCommand } from '../support/operator.js';
import { expectProblem } from '../support/problems.js';

describeWithPostgres('Of two instances on one database', () => {
  describeWithFaketime('one whose clock is a minute', () => {
    const directory = temporaryDirectory();
    let database: TestDatabase;
    let environment: TestEnvironment;
    let right: LatchkeyProcess;
    let wrong: LatchkeyProcess;
    /** The instance whose clock is right. */
    let here: ApiClient;
    /** The other. */
    let there: ApiClient;

    beforeAll(async () => {
      database = await createMigratedDatabase();
      environment = testEnvironment(directory.path, {
        DATABASE_URL: `${database.url}?connect_timeout=30`,
        PUBLIC_URL: 'http://latchkey.test',
        REVOCATION_MAX_STALENESS: '1s',
        HASH_WORKERS: '2',
      });
      right = await LatchkeyProcess.start(environment);
      here = new ApiClient(right.url);
    });
    afterAll(async () => {
      await right?.stop('SIGKILL');
      await database?.drop();
      directory.remove();
    });

    const byClock = (offset: string): TestEnvironment => ({
      ...environment,
      NODE_ENV: 'development',
      LD_PRELOAD: faketime?.path ?? '',
      FAKETIME: offset,
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
    });
    const verify = (at: ApiClient, token: string) => at.get('/api/auth/verify', { token });
    const isRevoked = (at: ApiClient, token: string) =>
      eventually(async () => expectProblem(await verify(at, token), 401, 'TOKEN_REVOKED'));

    describe('ahead', () => {
      beforeAll(async () => {
        wrong = await LatchkeyProcess.start(byClock('+60s'));
        there = new ApiClient(wrong.url);
      });
      afterAll(() => wrong?.stop('SIGKILL'));

      saysSo('+60s', 'ahead');

      it('accepts tokens of the other, whose sessions end at both', async () => {
        const { accessToken: token, refreshToken } = (await here.register()).body;
        expect((await verify(there, token)).status).toBe(204);
        await there.post('/api/auth/logout', undefined, { token });
        await isRevoked(here, token);
        expectProblem(await here.refresh(refreshToken), 401, 'SESSION_ENDED');
      });

      it('gives tokens that the other refuses, until its own clock is there; sessions are good at both, and end at both', async () => {
        const { accessToken: token, refreshToken } = (await there.register()).body;
        expectProblem(await verify(here, token), 401, 'TOKEN_INVALID');
        const refreshed = await here.refresh(refreshToken);
        expect(refreshed.status).toBe(200);
        expect((await verify(here, refreshed.body.accessToken)).status).toBe(204);
        expect((await verify(there, refreshed.body.accessToken)).status).toBe(204);

        const { accessToken } = refreshed.body;
        expect((await here.post('/api/auth/logout-all', undefined, { token: accessToken })).status).toBe(204);
        // That of the fast clock, too, although it seems to have been issued after the end.
        for (const each of [token, accessToken]) await isRevoked(there, each);
        expectProblem(await there.refresh(refreshed.body.refreshToken), 401, 'SESSION_ENDED');
      });

      it('gives tokens that keep a role which is withdrawn within the minute; those of the other, and refreshed ones, lose it', async () => {
        const { user, accessToken } = (await here.register()).body;
        const change = (...words: string[]) => runCommand(environment, ...words);
        await change('roles', 'create', 'editor', '--without-scopes');
        expect(await change('users', 'grant', user.email, 'editor')).toMatchObject({ code: 0 });
        await isRevoked(here, accessToken);
        const [fast, timely] = [(await there.login(user.email)).body, (await here.login(user.email)).body];
        const isEditor = (at: ApiClient, token: string) => at.get('/api/auth/verify?roles=editor', { token });
        await eventually(async () => expect((await isEditor(there, fast.accessToken)).status).toBe(204));
        expect((await isEditor(there, timely.accessToken)).status).toBe(204);

        expect(await change('users', 'withdraw', user.email, 'editor')).toMatchObject({ code: 0 });
        for (const at of [here, there]) await isRevoked(at, timely.accessToken);
        expect((await isEditor(there, fast.accessToken)).status).toBe(204);
        expectProblem(await isEditor(here, fast.accessToken), 401, 'TOKEN_INVALID');
        const refreshed = (await there.refresh(fast.refreshToken)).body;
        expectProblem(await isEditor(there, refreshed.accessToken), 403, 'INSUFFICIENT_ROLE');
      });
    });

    describe('behind', () => {
      beforeAll(async () => {
        wrong = await LatchkeyProcess.start(byClock('-60s'));
        there = new ApiClient(wrong.url);
      });
      afterAll(() => wrong?.stop('SIGKILL'));

      saysSo('-60s', 'behind');

      it('gives tokens that the other accepts, and whose sessions end at both, whichever is asked', async () => {
        for (const [asked, other] of [
          [here, there],
          [there, here],
        ] as const) {
          const { accessToken: token, refreshToken } = (await there.register()).body;
          expect((await verify(here, token)).status).toBe(204);
          expect((await asked.post('/api/auth/logout', undefined, { token })).status).toBe(204);
          for (const each of [asked, other]) {
            await isRevoked(each, token);
            expectProblem(await each.refresh(refreshToken), 401, 'SESSION_ENDED');
          }
        }
      });

      it('refuses tokens of the other, until its own clock is there; sessions are good at both, and end at both', async () => {
        const { user, accessToken: token, refreshToken } = (await here.register()).body;
        expectProblem(await verify(there, token), 401, 'TOKEN_INVALID');
        const refreshed = await there.refresh(refreshToken);
        expect(refreshed.status).toBe(200);
        const { accessToken } = refreshed.body;
        for (const at of [here, there]) expect((await verify(at, accessToken)).status).toBe(204);

        expect((await there.post('/api/auth/logout-all', undefined, { token: accessToken })).status).toBe(
          204,
        );
        // That of the right clock, too, although it seems to be issued after the end.
        await isRevoked(here, token);
        for (const at of [here, there]) await isRevoked(at, accessToken);
        expectProblem(await here.refresh(refreshed.body.refreshToken), 401, 'SESSION_ENDED');

        // What it gives out afterwards is good, although it seems to be issued before the end at the other.
        const { body } = await there.login(user.email);
        for (const at of [here, there]) expect((await verify(at, body.accessToken)).status).toBe(204);
      });
    });

    function saysSo(offset: string, direction: 'ahead' | 'behind'): void {
      const difference = direction === 'ahead' ? 'ahead of' : 'behind';
      it('says so at its start, and by the doctor', async () => {
        await wrong.says(new RegExp(`The clock is (59|60|61) s ${difference} that of the database`));
        const { code, stdout } = await runCommand(byClock(offset), 'doctor');
        expect([code, stdout]).toEqual([
          1,
          expect.stringMatching(
            new RegExp(
              `^fail +clock +It is (59|60|61) s ${difference} the database's, more than CLOCK_LEEWAY`,
              'm',
            ),
          ),
        ]);
      });
    }
  });
});
