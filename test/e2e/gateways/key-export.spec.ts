import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { ApiClient } from '../../support/api-client.js';
import { decodePart } from '../../support/jws.js';
import { LatchkeyProcess } from '../../support/latchkey-process.js';
import {
  describeWithHaproxy,
  describeWithPostgres,
  haproxy,
  type TestDatabase,
} from '../../support/services/available.js';
import { createMigratedDatabase } from '../../support/services/migrated-database.js';
import { temporaryDirectory, type TestEnvironment, testEnvironment } from '../../support/test-config.js';
import { eventually } from '../support/eventually.js';
import { runCommand } from '../support/operator.js';
import { startEchoService } from './echo-service.js';
import { type GatewayUnderTest, startHaproxyGateway } from './gateway-under-test.js';

const ISSUER = 'https://id.latchkey.test';

describeWithPostgres('keys export --pem, beside a server that runs', () => {
  describeWithHaproxy('for HAProxy', () => {
    const directory = temporaryDirectory();
    const keys = join(directory.path, 'keys');
    const kidsMap = () => readFileSync(join(keys, 'kids.map'), 'utf8');
    let database: TestDatabase;
    let environment: TestEnvironment;
    let server: LatchkeyProcess;
    let api: ApiClient;
    let service: Awaited<ReturnType<typeof startEchoService>>;
    let gateway: GatewayUnderTest;

    const cli = async (...words: string[]) => {
      const { code, stdout, stderr } = await runCommand(environment, ...words);
      expect([code, stderr]).toEqual([0, '']);
      return stdout;
    };
    const exportKeys = () => cli('keys', 'export', '--pem', '--out', keys);
    const newToken = async () => (await api.register()).body.accessToken;
    const kidOf = (token: string) => String(decodePart(token.split('.')[0])['kid']);
    const statusFor = async (token: string) => {
      const headers = { authorization: `Bearer ${token}` };
      return (await fetch(`${gateway.url}/orders`, { headers })).status;
    };

    beforeAll(async () => {
      database = await createMigratedDatabase();
      environment = testEnvironment(directory.path, { DATABASE_URL: database.url, PUBLIC_URL: ISSUER });
      server = await LatchkeyProcess.start(environment);
      api = new ApiClient(server.url);
      service = await startEchoService();
      await exportKeys();
      gateway = await startHaproxyGateway(haproxy?.path ?? '', {
        latchkey: `127.0.0.1:${new URL(server.url).port}`,
        service: service.address,
        issuer: ISSUER,
        keys,
      });
    });
    afterAll(async () => {
      await gateway?.stop();
      await service?.close();
      await server?.stop();
      await database?.drop();
      directory.remove();
    });

    it('has HAProxy take the tokens of the next key after a reload, and changes kids.map when there is a reason for one', async () => {
      const old = await newToken();
      expect(await statusFor(old)).toBe(200);
      const before = kidsMap();
      expect(await exportKeys()).toMatch(/^1 public key is in .*, as before\.\n$/);
      expect(kidsMap()).toBe(before);

      await cli('keys', 'rotate');
      await cli('keys', 'revoke', kidOf(old), '--yes');
      const token = await eventually(async () => {
        const made = await newToken();
        expect(kidOf(made)).not.toBe(kidOf(old));
        return made;
      });
      expect(await statusFor(token)).toBe(401);

      expect(await exportKeys()).toMatch(/^1 public key is in .*\. Reload what has read them\.\n$/);
      expect(kidsMap().split(' ')[0]).toBe(kidOf(token));
      gateway.reload();
      await eventually(async () => expect(await statusFor(token)).toBe(200));
      expect(await statusFor(old)).toBe(401);
    });

    it('a gateway goes on with requests that are under way while it is reloaded', async () => {
      const token = await newToken();
      const asked = Array.from({ length: 40 }, () => statusFor(token));
      gateway.reload();
      expect(new Set(await Promise.all(asked))).toEqual(new Set([200]));
    });
  });
});
