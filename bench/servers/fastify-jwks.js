// Fastify with @fastify/jwt and get-jwks as the README of get-jwks has it: the keys of the issuer that a token names. FIXED=1 reads
// the issuer's one key at the start, and has @fastify/jwt remember what it verified: the fastest that it can be.
import { createPublicKey } from 'node:crypto';
import fastifyJwt from '@fastify/jwt';
import Fastify from 'fastify';
import buildGetJwks from 'get-jwks';

const { ISSUER: issuer = '', FIXED } = process.env;

function optionsOfReadme() {
  const getJwks = buildGetJwks({ issuersWhitelist: [issuer, `${issuer}/`] });
  /** @param {unknown} _request @param {any} token */
  const secret = (_request, { header, payload }) =>
    getJwks.getPublicKey({ kid: header.kid, alg: header.alg, domain: payload.iss });
  return { decode: { complete: true }, secret };
}

async function fixedOptions() {
  const { keys } = /** @type {{ keys: import('node:crypto').JsonWebKey[] }} */ (
    await (await fetch(`${issuer}/.well-known/jwks.json`)).json()
  );
  const key = createPublicKey({ key: keys[0] ?? {}, format: 'jwk' });
  return {
    secret: { public: key.export({ type: 'spki', format: 'pem' }).toString() },
    verify: { cache: true },
  };
}

const fastify = Fastify();
await fastify.register(fastifyJwt, FIXED === '1' ? await fixedOptions() : optionsOfReadme());

fastify.get('/profile', { onRequest: (request) => request.jwtVerify() }, (request) => request.user);

process.stdout.write(`ready ${await fastify.listen({ port: 0, host: '127.0.0.1' })}\n`);
