import { expect, it, jest } from '@jest/globals';
import { Test } from '@nestjs/testing';
import { LatchkeyModule, Readiness } from 'latchkey';
import { InMemoryLatchkey } from 'latchkey/testing';
import { HealthzModule } from './own-health.js';

it('own-health.ts tells of Latchkey and of its application, in one without routes of Latchkey', async () => {
  const memory = await InMemoryLatchkey.create();
  const module = await Test.createTestingModule({
    imports: [LatchkeyModule.forRoot({ ...memory.options, routes: false }), HealthzModule],
  }).compile();
  const app = module.createNestApplication();
  await app.listen(0, '127.0.0.1');
  const ask = async () => fetch(`${await app.getUrl()}/healthz`);
  const answer = await ask();
  expect([answer.status, await answer.json()]).toEqual([
    200,
    {
      accepting: 'ok',
      database: 'ok',
      sessions: 'ok',
      keys: 'ok',
      revocations: 'ok',
      hashQueue: 'ok',
      invoices: 'ok',
    },
  ]);
  const checks = { ...(await app.get(Readiness).check()).checks, keys: 'failed' as const };
  jest.spyOn(app.get(Readiness), 'check').mockResolvedValue({ status: 'unavailable', checks });
  expect((await ask()).status).toBe(503);
  await app.close();
});
