import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import pg from 'pg';
import type { TokenPair } from '../../support/api-client.js';
import {
  describeWithHaproxy,
  describeWithPostgres,
  describeWithRedis,
} from '../../support/services/available.js';
import { eventually } from '../support/eventually.js';
import { startService } from '../resource-server/service-under-test.js';
import { expectProblem } from '../support/problems.js';
import { brokenChains } from './broken-chains.js';
import { Callers } from './callers.js';
import { LeavingCallers } from './leaving-callers.js';
import { NewerVersion } from './newer-version.js';
import { OlderVersion } from './older-version.js';
import { printFigures } from './print-figures.js';
import { RunningInstallation } from './running-installation.js';

/** `npm run test:faults`: what takes longer than a suite has time for. */
const LONG = process.env['FAULTS'] === 'long';
const STORMS = 8;
const REFRESHES = 20;
const CALLERS = 6;
const PATIENCE = 300_000;
const FEED_TOKEN = randomBytes(32).toString('hex');

describeWithPostgres('Two instances behind HAProxy', () => {
  describeWithRedis('with Redis', () => {
    describeWithHaproxy('without sticky sessions', () => {
      let installation: RunningInstallation;

      beforeAll(async () => {
        // A rotation whose answer was lost in a crash is asked for again after it.
        installation = await RunningInstallation.start({
          REFRESH_GRACE: '1h',
          REVOCATION_FEED_SERVICES: `billing=${createHash('sha256').update(FEED_TOKEN).digest('hex')}`,
        });
      });
      afterAll(() => installation?.stop());

      async function rows<Row>(statement: string): Promise<Row[]> {
        const client = new pg.Client({ connectionString: installation.database.url });
        await client.connect();
        try {
          return (await client.query(statement)).rows as Row[];
        } finally {
          await client.end();
        }
      }

      it('both are used', async () => {
        const before = await installation.sessionsOfEach();
        const forwarded = await Promise.all(
          Array.from({ length: 8 }, () => installation.api.get('/health/live')),
        );
        expect(forwarded.map(({ status }) => status)).toEqual(Array(8).fill(200));
        const after = await installation.sessionsOfEach();
        const gained = after.map((sessions, index) => sessions - Number(before[index]));
        expect(Math.min(...gained)).toBeGreaterThan(0);
      });

      it('a request has the name that HAProxy gives it, and not one of the client’s', async () => {
        const headers = { 'x-request-id': 'chosen-by-client' };
        const { headers: answered } = await installation.api.post('/api/auth/logout', undefined, { headers });
        const id = answered.get('x-request-id') ?? '';
        expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
        const [here, there] = installation.instances;
        await eventually(() => expect(here.running.stdout + there.running.stdout).toContain(id));
        // HAProxy is believed, as a client would be that is let past it.
        const direct = await here.api.post('/api/auth/logout', undefined, { headers });
        expect(direct.headers.get('x-request-id')).toBe('chosen-by-client');
      });

      it('a logout at one is known to the other', async () => {
        const [here, there] = installation.instances;
        const { accessToken: token } = (await installation.api.register()).body;
        expect((await there.api.get('/api/auth/verify', { token })).status).toBe(204);
        expect((await here.api.post('/api/auth/logout', undefined, { token })).status).toBe(204);
        await eventually(async () =>
          expectProblem(await there.api.get('/api/auth/verify', { token }), 401, 'TOKEN_REVOKED'),
        );
      });

      it('storms of refreshes of one token, spread over both, have one winner each', async () => {
        const accounts = await Promise.all(Array.from({ length: STORMS }, () => installation.api.register()));
        for (const { body } of accounts) {
          const storm = Array.from({ length: REFRESHES }, (_, index) =>
            installation.instances[index % 2 === 0 ? 0 : 1].api.refresh(body.refreshToken),
          );
          const answers = await Promise.all(storm);
          expect(answers.map(({ status }) => status)).toEqual(Array(REFRESHES).fill(200));
          expect(new Set(answers.map((answer) => (answer.body as TokenPair).refreshToken)).size).toBe(1);
        }
        const subjects = accounts.map(({ body }) => `'${body.user.id}'`).join();
        const generations = await rows<{ generation: number }>(
          `select generation from latchkey.sessions where subject in (${subjects})`,
        );
        // The first token is of generation 0, or whichever: each moved on by one.
        expect(new Set(generations.map(({ generation }) => generation)).size).toBe(1);
        expect(generations).toHaveLength(STORMS);
      });

      it('a rolling restart under load fails no request', async () => {
        const callers = new Callers(installation.api);
        for (const instance of installation.instances) {
          const before = callers.requests;
          await eventually(() => expect(callers.requests).toBeGreaterThan(before + 30));
          expect(await instance.running.stop()).toEqual({ code: 0, signal: null });
          await instance.start();
          await installation.untilUsed(instance);
        }
        await callers.stop();
        const chains = await brokenChains(installation.api, installation.database.url, callers);
        printFigures('Rolling restart', {
          requests: callers.requests,
          failed: callers.failures.length,
          ...chains,
        });
        expect(callers.failures).toEqual([]);
        expect(chains).toEqual({ lost: 0, double: 0 });
      });

      it('kill -9 of one under load loses no acknowledged write, and leaves one live chain each', async () => {
        const callers = new Callers(installation.api, CALLERS);
        const [victim] = installation.instances;
        await eventually(() => expect(callers.chains.length).toBeGreaterThan(10));
        await victim.running.stop('SIGKILL');
        const { requests: untilItWasGone } = callers;
        const afterwards = callers.chains.length;
        await eventually(() => expect(callers.chains.length).toBeGreaterThan(afterwards + 10));
        await victim.start();
        await callers.stop();
        await installation.untilUsed(victim);

        const chains = await brokenChains(installation.api, installation.database.url, callers);
        printFigures('kill -9', {
          requests: callers.requests,
          brokenOff: callers.failures.length,
          acknowledgedWrites: callers.writes,
          ...chains,
        });
        // What it had been sent while it died, one a connection, its queue of new ones included: as many as that takes. What changes
        // nothing is asked of the other, and so is all that comes once it is gone.
        for (const failure of callers.failures)
          expect(failure).toMatch(/^(register|refresh) (502|Error: .* 502|TypeError: fetch failed)/);
        expect(Math.max(0, ...callers.failed)).toBeLessThanOrEqual(untilItWasGone);
        expect(chains).toEqual({ lost: 0, double: 0 });
      });

      it('a service that hears of logouts through HAProxy misses none while instances stop, die and come back', async () => {
        const { issuer } = installation;
        const service = await startService('Fastify', {
          issuer,
          audience: issuer,
          revocations: { token: FEED_TOKEN, whenUnknown: 'fail-open' },
        });
        const callers = new LeavingCallers(installation.api, (token) => service.get('/invoices', token));
        const untilMoreLeave = async () => {
          const { length } = callers.ended;
          await eventually(() => expect(callers.ended.length).toBeGreaterThan(length + 5));
        };
        try {
          for (const [instance, signal] of [
            [installation.instances[0], 'SIGTERM'],
            [installation.instances[1], 'SIGTERM'],
            [installation.instances[0], 'SIGKILL'],
          ] as const) {
            await untilMoreLeave();
            await instance.running.stop(signal);
            await untilMoreLeave();
            await instance.start();
            await installation.untilUsed(instance);
          }
          await callers.stop();
          expect(callers.refused).toEqual([]);
          for (const token of callers.ended)
            await eventually(async () =>
              expectProblem(await service.get('/invoices', token), 401, 'TOKEN_REVOKED'),
            );
        } finally {
          await service.close();
        }
      });

      it('a newer version beside it, which has migrated the database, disturbs no request', async () => {
        const newer = new NewerVersion([
          'ALTER TABLE "sessions" ADD COLUMN "made_by_newer" text;',
          'CREATE TABLE "of_newer" ("id" uuid PRIMARY KEY, "note" text NOT NULL);',
          `ALTER TABLE "users" ADD COLUMN "newer_default" text NOT NULL DEFAULT 'none';`,
        ]);
        const callers = new Callers(installation.api);
        const [older, updated] = installation.instances;
        await updated.running.stop();
        await updated.start(newer.main);
        await installation.untilUsed(updated);
        expect(await rows('select from latchkey.of_newer')).toEqual([]);
        const before = callers.chains.length;
        await eventually(() => expect(callers.chains.length).toBeGreaterThan(before + 10));
        // As after a crash in the midst of the update: the older one starts on the newer schema.
        await older.running.stop();
        await older.start();
        await installation.untilUsed(older);
        await callers.stop();
        newer.remove();

        expect(callers.failures).toEqual([]);
        const { accessToken: token, refreshToken } = (await older.api.register()).body;
        expect((await updated.api.refresh(refreshToken)).status).toBe(200);
        await updated.api.post('/api/auth/logout', undefined, { token });
        expectProblem(await older.api.refresh(refreshToken), 401, 'SESSION_ENDED');
      });
    });

    if (!LONG) return;
    describeWithHaproxy('of the version before the newest migration, as the history has it,', () => {
      let older: OlderVersion;
      let installation: RunningInstallation;

      beforeAll(async () => {
        older = new OlderVersion();
        installation = await RunningInstallation.start({ REFRESH_GRACE: '1h' }, older.main);
      }, PATIENCE);
      afterAll(async () => {
        await installation?.stop();
        older?.remove();
      });

      it(
        'are replaced by this one under load, and go back to it, with no request failed and no chain lost',
        async () => {
          const callers = new Callers(installation.api);
          const [first, second] = installation.instances;
          // This version beside that, then alone, then that one beside it again, on what this one has migrated.
          for (const [instance, main] of [[first], [second], [first, older.main]] as const) {
            const before = callers.writes;
            await eventually(() => expect(callers.writes).toBeGreaterThan(before + 30));
            expect(await instance.running.stop()).toEqual({ code: 0, signal: null });
            await instance.start(main);
            await installation.untilUsed(instance);
          }
          const before = callers.writes;
          await eventually(() => expect(callers.writes).toBeGreaterThan(before + 30));
          await callers.stop();
          const chains = await brokenChains(installation.api, installation.database.url, callers);
          printFigures('Upgrade and way back', {
            requests: callers.requests,
            failed: callers.failures.length,
            ...chains,
          });
          expect(callers.failures).toEqual([]);
          expect(chains).toEqual({ lost: 0, double: 0 });

          const { accessToken: token, refreshToken } = (await first.api.register()).body;
          expect((await second.api.refresh(refreshToken)).status).toBe(200);
          await second.api.post('/api/auth/logout', undefined, { token });
          expectProblem(await first.api.refresh(refreshToken), 401, 'SESSION_ENDED');
        },
        PATIENCE,
      );
    });
  });
});
