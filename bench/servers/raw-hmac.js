// The limit: node:http alone, an HS256 token checked by hand.
import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';

const KEY = createSecretKey(Buffer.from('a secret key of the length that HS256 asks for, or longer'));

/** @param {string} text */
const hmac = (text) => createHmac('sha256', KEY).update(text).digest();
/** @param {object} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

const body = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode({ sub: '1', username: 'ada', exp: Math.floor(Date.now() / 1000) + 3600 })}`;
const TOKEN = `${body}.${hmac(body).toString('base64url')}`;

/** @param {string | undefined} authorization */
function verify(authorization) {
  if (!authorization?.startsWith('Bearer ')) return undefined;
  const token = authorization.slice(7);
  const dot = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  const expected = hmac(token.slice(0, dot));
  if (signature.length !== expected.length || !timingSafeEqual(signature, expected)) return undefined;
  const payload = token.slice(token.indexOf('.') + 1, dot);
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  return claims.exp * 1000 > Date.now() ? claims : undefined;
}

const server = createServer((request, response) => {
  if (request.url === '/login') {
    response.end(JSON.stringify({ access_token: TOKEN }));
    return;
  }
  const claims = verify(request.headers.authorization);
  response.writeHead(claims ? 200 : 401, { 'content-type': 'application/json' });
  response.end(JSON.stringify(claims ?? {}));
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`ready http://127.0.0.1:${port}\n`);
});
