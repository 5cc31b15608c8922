import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Problem } from '../../support/api-client.js';
import { startTestApp, type TestApp } from '../../support/test-app.js';
import { expectProblem, type ProblemAnswer } from '../support/problems.js';

/** More than one worker takes into its queue. */
const LOGINS = 120;

describe('more logins than can be hashed', () => {
  let server: TestApp;

  beforeAll(async () => {
    server = await startTestApp({ environment: { BCRYPT_COST: '12', HASH_WORKERS: '1' } });
  });

  afterAll(async () => {
    await server.close();
  });

  it('are asked to come back later, while everything else is answered', async () => {
    const gaveUp = new AbortController();
    const answers: ProblemAnswer[] = [];
    const login = async (): Promise<void> => {
      const response = await fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'nobody@example.com', password: 'wrong password' }),
        signal: gaveUp.signal,
      });
      const body = (await response.json()) as Problem;
      answers.push({ status: response.status, headers: response.headers, body });
    };
    const logins = Array.from({ length: LOGINS }, login);
    await Promise.race(logins);

    // The queue is full now, and stays so for many seconds.
    for (let asked = 0; asked < 20; asked += 1) {
      expect((await server.api.get('/health/live')).status).toBe(200);
    }
    expect(answers.length).toBeLessThan(LOGINS);

    gaveUp.abort();
    await Promise.allSettled(logins);
    const refused = answers.filter((answer) => answer.status === 503);
    expect(refused.length).toBeGreaterThan(0);
    for (const answer of refused) {
      expectProblem(answer, 503, 'UNAVAILABLE');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    }
    // Those that were let in are wrong, not broken.
    for (const answer of answers) expect([401, 503]).toContain(answer.status);
  });
});
