import pg from 'pg';
import type { ApiClient } from '../../support/api-client.js';
import type { Callers } from './callers.js';

export interface BrokenChains {
  /** How many lost what was acknowledged: the account, or the newest token. */
  readonly lost: number;
  /** How many have not one live successor of that token, or not one open session. */
  readonly double: number;
}

/** What became of the callers' chains, once they have stopped. Needs a `REFRESH_GRACE` that is longer than they took. */
export async function brokenChains(
  api: ApiClient,
  databaseUrl: string,
  ...callers: readonly Callers[]
): Promise<BrokenChains> {
  const answers: (readonly [email: string, Awaited<ReturnType<ApiClient['refresh']>>[]])[] = [];
  for (const { email, refreshToken } of callers.flatMap(({ chains }) => chains)) {
    const twice = [api.refresh(refreshToken), api.refresh(refreshToken)];
    answers.push([email, await Promise.all(twice)]);
  }
  const sessions = await openSessions(databaseUrl);

  let [lost, double] = [0, 0];
  for (const [email, both] of answers) {
    if (both.some(({ status }) => status !== 200)) lost += 1;
    else if (new Set(both.map(({ body }) => body.refreshToken)).size > 1 || sessions.get(email) !== 1)
      double += 1;
  }
  return { lost, double };
}

/** How many each user has. */
async function openSessions(databaseUrl: string): Promise<ReadonlyMap<string, number>> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ email: string; sessions: number }>(
      `select u.email, count(*)::int as sessions from latchkey.users u
       join latchkey.sessions s on s.subject = u.id::text where s.ended_at is null group by u.email`,
    );
    return new Map(rows.map((row) => [row.email, row.sessions]));
  } finally {
    await client.end();
  }
}
