import { PASSWORD, uniqueEmail } from '../../support/api-client.js';

/** Who is signed in by cookies, as a browser is. */
export interface SignedInBrowser {
  readonly cookie: string;
  readonly email: string;
  readonly userId: string;
}

/** Registers a user in cookie mode. @param origin of PUBLIC_URL */
export async function signInBrowser(url: string, origin: string): Promise<SignedInBrowser> {
  const email = uniqueEmail();
  const answer = await fetch(`${url}/api/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Auth-Mode': 'cookie', Origin: origin },
    body: JSON.stringify({ name: 'Ada', email, password: PASSWORD }),
  });
  const { user } = (await answer.json()) as { user: { id: string } };
  const cookie = answer.headers
    .getSetCookie()
    .map((line) => line.split(';')[0])
    .join('; ');
  return { cookie, email, userId: user.id };
}
