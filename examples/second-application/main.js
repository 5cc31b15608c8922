// An application whose users sign in at Latchkey, by OpenID Connect.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import * as oidc from 'openid-client';

/** @typedef {import('openid-client').TokenEndpointResponse & import('openid-client').TokenEndpointResponseHelpers} Tokens */
/** @typedef {{ id: string, verifier?: string, state?: string, idToken?: string, tokens?: Tokens }} Session */

const { ISSUER = 'http://localhost:3000', PORT = '4000' } = process.env;
// Another host than Latchkey's: cookies are for all ports of one.
const HERE = `http://127.0.0.1:${PORT}`;
const latchkey = await oidc.discovery(new URL(ISSUER), 'second-application', undefined, oidc.None(), {
  // eslint-disable-next-line typescript/no-deprecated -- said to be for development, which plain HTTP is for
  execute: ISSUER.startsWith('http:') ? [oidc.allowInsecureRequests] : [],
});
/** @type {Map<string, Session>} */
const sessions = new Map();

/** Where the browser goes to sign in. @param {Session} session */
async function signIn(session) {
  session.verifier = oidc.randomPKCECodeVerifier();
  session.state = oidc.randomState();
  return oidc.buildAuthorizationUrl(latchkey, {
    redirect_uri: `${HERE}/callback`,
    scope: 'openid profile account',
    code_challenge: await oidc.calculatePKCECodeChallenge(session.verifier),
    code_challenge_method: 'S256',
    state: session.state,
  }).href;
}

/** Takes the tokens for the code that the browser comes back with. @param {Session} session @param {URL} url */
async function callback(session, url) {
  const { verifier = '', state = '' } = session;
  const expected = { pkceCodeVerifier: verifier, expectedState: state };
  session.tokens = await oidc.authorizationCodeGrant(latchkey, url, expected);
  session.idToken = session.tokens.id_token ?? '';
  // An id that was known before the sign-in is not one to trust after it.
  session.id = randomUUID();
  return '/';
}

/** Ends the session here, and then at Latchkey. @param {Session} session */
function signOut({ id, idToken = '' }) {
  sessions.delete(id);
  const parameters = { id_token_hint: idToken, post_logout_redirect_uri: `${HERE}/` };
  return oidc.buildEndSessionUrl(latchkey, parameters).href;
}

/** The tokens, or others if they expire; none if the session has ended. @param {Tokens} tokens */
async function goodTokens(tokens) {
  if ((tokens.expiresIn() ?? 0) > 5) return tokens;
  try {
    return await oidc.refreshTokenGrant(latchkey, tokens.refresh_token ?? '');
  } catch (error) {
    if (error instanceof oidc.ResponseBodyError && error.error === 'invalid_grant') return undefined;
    throw error;
  }
}

/** Asks a route of Latchkey on the user's behalf. @param {Session} session */
async function nameOf(session) {
  const tokens = session.tokens && (await goodTokens(session.tokens));
  if (!tokens) return undefined;
  session.tokens = tokens;
  const authorization = `Bearer ${tokens.access_token}`;
  const answer = await fetch(`${ISSUER}/api/profile`, { headers: { authorization } });
  return answer.ok ? /** @type {{ name: string }} */ (await answer.json()).name : undefined;
}

/** @param {Session} session */
async function page(session) {
  const name = await nameOf(session);
  const text = name === undefined ? 'You are signed out.' : `Hello ${name.replaceAll('<', '&lt;')}!`;
  const link = name === undefined ? '<a href="/sign-in">Sign in</a>' : '<a href="/sign-out">Sign out</a>';
  return `<!doctype html><title>Second application</title><p>${text}</p>${link}`;
}

const steps = new Map(Object.entries({ '/sign-in': signIn, '/callback': callback, '/sign-out': signOut }));

/** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
async function respond(request, response) {
  const url = new URL(request.url ?? '/', HERE);
  const [, known = ''] = /\bsession=([\w-]+)/.exec(request.headers.cookie ?? '') ?? [];
  const session = sessions.get(known) ?? { id: randomUUID() };
  const step = steps.get(url.pathname);
  const location = await step?.(session, url);
  const html = location === undefined ? await page(session) : '';
  if (session.id !== known) sessions.delete(known);
  if (session.state !== undefined && step !== signOut) sessions.set(session.id, session);
  response.setHeader('Set-Cookie', `session=${session.id}; HttpOnly; SameSite=Lax; Path=/`);
  if (location === undefined) response.setHeader('Content-Type', 'text/html; charset=utf-8');
  else response.setHeader('Location', location);
  response.writeHead(location === undefined ? 200 : 303).end(html);
}

createServer((request, response) => {
  respond(request, response).catch((/** @type {unknown} */ error) => {
    if (error instanceof oidc.AuthorizationResponseError && error.error === 'access_denied') {
      response.writeHead(303, { Location: '/' }).end();
      return;
    }
    console.error(error);
    response.writeHead(502).end('Signing in has failed; the console says why.');
  });
}).listen(Number(PORT), '127.0.0.1', () => console.log(`Second application: ${HERE}`));
