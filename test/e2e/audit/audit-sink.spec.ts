import { Injectable } from '@nestjs/common';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { type AuditEvent, AuditSink, PostgresAuditSink, type Transaction } from '../../../src/index.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem } from '../support/problems.js';

const shipped: AuditEvent[] = [];

/** As docs/extending.md has it. */
@Injectable()
class ShippedAuditSink extends AuditSink {
  constructor(private readonly table: PostgresAuditSink) {
    super();
  }

  async record(event: AuditEvent, transaction?: Transaction): Promise<void> {
    await this.table.record(event, transaction);
    const ship = (): Promise<void> => Promise.resolve(void shipped.push(event));
    if (transaction) transaction.afterCommit(ship);
    else await ship();
  }
}

let server: TestApp;

beforeAll(async () => {
  const providers = [PostgresAuditSink, { provide: AuditSink, useClass: ShippedAuditSink }];
  server = await startTestApp({ providers });
});
afterAll(async () => {
  await server.close();
});

it('a team’s own sink gets every event once it is committed, and can keep the table as well', async () => {
  shipped.splice(0);
  const { user, accessToken: token } = (await server.api.register()).body;
  expectProblem(await server.api.register({ email: user.email }), 409, 'EMAIL_TAKEN');
  await server.api.login(user.email, 'wrong');
  await server.api.post('/api/auth/logout', undefined, { token });
  const types = ['user.registered', 'login.succeeded', 'login.failed', 'session.ended'];

  expect(shipped.map(({ type }) => type)).toEqual(types);
  expect(shipped.every(({ subject }) => subject === user.id)).toBe(true);
  const again = (await server.api.login(user.email)).body.accessToken;
  const page = await server.api.get<{ events: { type: string }[] }>('/api/profile/audit', { token: again });
  expect(page.body.events.map(({ type }) => type).toReversed()).toEqual([...types, 'login.succeeded']);
});
