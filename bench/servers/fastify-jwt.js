// Fastify with @fastify/jwt as its README has it: HS256 and its defaults.
import fastifyJwt from '@fastify/jwt';
import Fastify from 'fastify';

const fastify = Fastify();
await fastify.register(fastifyJwt, { secret: 'a string secret of the length that tutorials use, or longer' });

fastify.get('/login', () => ({
  access_token: fastify.jwt.sign({ sub: '1', username: 'ada' }, { expiresIn: '1h' }),
}));
fastify.get('/profile', { onRequest: (request) => request.jwtVerify() }, (request) => request.user);

process.stdout.write(`ready ${await fastify.listen({ port: 0, host: '127.0.0.1' })}\n`);
