// The limit of a guarded request whose token is new: node:http and one crypto.verify.
import { createPublicKey, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const key = createPublicKey(readFileSync(process.env['KEY_FILE'] ?? '', 'utf8'));

/** @param {string | undefined} authorization */
function claimsOf(authorization) {
  const token = authorization?.slice('Bearer '.length) ?? '';
  const dot = token.lastIndexOf('.');
  const signature = Buffer.from(token.slice(dot + 1), 'base64url');
  const signed = Buffer.from(token.slice(0, dot));
  if (!verify('sha256', signed, { key, dsaEncoding: 'ieee-p1363' }, signature)) return undefined;
  const claims = JSON.parse(Buffer.from(token.slice(token.indexOf('.') + 1, dot), 'base64url').toString());
  return claims.exp * 1000 > Date.now() ? claims : undefined;
}

const server = createServer((request, response) => {
  response.writeHead(claimsOf(request.headers.authorization) ? 204 : 401).end();
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`ready http://127.0.0.1:${port}\n`);
});
