// The limit of a refresh, of a profile and of the token endpoint: node:http, one statement for each request that changes or reads something, one
// signature. No limits, no checks, no errors; the same work on disk.
import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign, timingSafeEqual } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { PGlite } from '@electric-sql/pglite';
import { Redis } from 'ioredis';
import pg from 'pg';

const { DATABASE_URL, REDIS_URL, DATA_DIR, CLIENT_SECRET_HASH = '' } = process.env;
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const TABLES = [
  'create table if not exists bare_users (id uuid primary key, email text not null, password_hash text not null)',
  'create table if not exists bare_roles (user_id uuid not null, role text not null, primary key (user_id, role))',
  `create table if not exists bare_sessions (id uuid primary key, user_id uuid not null, generation int not null,
    secret_hash text not null, last_used_at timestamptz not null, expires_at timestamptz not null)`,
];
const USER = `(select json_build_object('id', u.id, 'email', u.email,
    'roles', (select coalesce(json_agg(r.role), '[]') from bare_roles r where r.user_id = u.id)) from bare_users u where u.id = `;
const ROTATE = `update bare_sessions set generation = generation + 1, last_used_at = now()
  where id = $1 and generation = $2 and secret_hash = $3 and expires_at > now()
  returning user_id, generation, ${USER} user_id) as "user"`;
const SELECT = `select ${USER} $1) as "user"`;
/** KEYS: session. ARGV: generation, hash, now. */
const ROTATE_SCRIPT = `local s = redis.call('HMGET', KEYS[1], 'generation', 'hash', 'user', 'expires')
  if s[1] ~= ARGV[1] or s[2] ~= ARGV[2] or tonumber(s[4]) <= tonumber(ARGV[3]) then return false end
  redis.call('HSET', KEYS[1], 'generation', s[1] + 1, 'used', ARGV[3])
  return s[3]`;

/** @typedef {(name: string, statement: string, values: unknown[]) => Promise<Record<string, any>[]>} Query */

/** @returns {Promise<Query>} */
async function openDatabase() {
  if (DATABASE_URL === undefined) {
    const pglite = await PGlite.create(DATA_DIR ?? 'memory://');
    return async (_name, statement, values) =>
      /** @type {Record<string, any>[]} */ ((await pglite.query(statement, values)).rows);
  }
  const pool = new pg.Pool({ connectionString: DATABASE_URL });
  return async (name, statement, values) =>
    /** @type {Record<string, any>[]} */ ((await pool.query({ name, text: statement, values })).rows);
}

const query = await openDatabase();
for (const table of TABLES) await query('', table, []);
const redis = REDIS_URL === undefined ? undefined : new Redis(REDIS_URL);
redis?.defineCommand('bareRotate', { numberOfKeys: 1, lua: ROTATE_SCRIPT });

/** @param {string} secret */
const hashOf = (secret) => createHash('sha256').update(secret).digest('base64url');
/** @param {object} value */
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** @param {{ id: string, roles: string[] }} user @param {string} session */
function accessToken({ id, roles }, session) {
  const now = Math.floor(Date.now() / 1000);
  return signed('at+jwt', {
    iss: 'bare',
    sub: id,
    sid: session,
    jti: randomUUID(),
    iat: now,
    exp: now + 900,
    roles,
  });
}

/** @param {string} typ @param {object} claims */
function signed(typ, claims) {
  const content = `${encode({ alg: 'ES256', typ })}.${encode(claims)}`;
  const signature = sign('sha256', Buffer.from(content), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  return `${content}.${signature.toString('base64url')}`;
}

async function register() {
  const [user, session, secret] = [randomUUID(), randomUUID(), randomBytes(32).toString('base64url')];
  const values = [user, `${user}@example.com`];
  await query('', 'insert into bare_users values ($1, $2, $$hash$$)', values);
  await query('', 'insert into bare_roles values ($1, $$user$$)', [user]);
  if (redis) {
    const fields = { generation: 0, hash: hashOf(secret), user, expires: Date.now() + 86_400_000 };
    await redis.hset(`bare:${session}`, fields);
  } else {
    const row = [session, user, hashOf(secret)];
    const statement = "insert into bare_sessions values ($1, $2, 0, $3, now(), now() + interval '1 day')";
    await query('', statement, row);
  }
  return {
    accessToken: accessToken({ id: user, roles: ['user'] }, session),
    refreshToken: `${session}.0.${secret}`,
    user: { id: user },
  };
}

/** @param {string} refreshToken */
async function refresh(refreshToken) {
  const [session = '', generation = '', secret = ''] = refreshToken.split('.');
  const presented = [session, Number(generation), hashOf(secret)];
  const [row] = redis
    ? await query('select', SELECT, [
        await /** @type {any} */ (redis).bareRotate(`bare:${session}`, generation, presented[2], Date.now()),
      ])
    : await query('rotate', ROTATE, presented);
  const next = `${session}.${Number(generation) + 1}.${secret}`;
  return { accessToken: accessToken(row?.['user'], session), refreshToken: next };
}

/** RFC 6749 section 2.3.1. @param {string} authorization @returns the client's id */
function authenticated(authorization) {
  const [id = '', secret = ''] = Buffer.from(authorization.slice('Basic '.length), 'base64')
    .toString()
    .split(':');
  const given = createHash('sha256').update(secret).digest();
  if (!timingSafeEqual(given, Buffer.from(CLIENT_SECRET_HASH, 'hex'))) throw new Error('Another secret.');
  return id;
}

/** @param {string} authorization @param {URLSearchParams} form */
async function grant(authorization, form) {
  const client = authenticated(authorization);
  if (form.get('grant_type') === 'client_credentials')
    return {
      access_token: accessToken({ id: client, roles: [] }, client),
      token_type: 'Bearer',
      expires_in: 900,
    };
  const [session, generation, secret, openid] = (form.get('refresh_token') ?? '').split('.');
  const pair = await refresh(`${session}.${generation}.${secret}`);
  return {
    access_token: pair.accessToken,
    refresh_token: openid ? `${pair.refreshToken}.openid` : pair.refreshToken,
    token_type: 'Bearer',
    expires_in: 900,
    ...(openid && { id_token: signed('JWT', { iss: 'bare', aud: client, sid: session }) }),
  };
}

/** @param {string} authorization */
async function profile(authorization) {
  const [, payload = ''] = authorization.split('.');
  const { sub } = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const [row] = await query('select', SELECT, [sub]);
  return row?.['user'];
}

/** @param {import('node:http').IncomingMessage} request */
async function answer(request) {
  if (request.url === '/api/auth/register') return register();
  if (request.url === '/api/profile') return profile(request.headers.authorization ?? '');
  if (request.url === '/oauth/token')
    return grant(request.headers.authorization ?? '', new URLSearchParams(await text(request)));
  return refresh(JSON.parse(await text(request)).refreshToken);
}

const server = createServer((request, response) => {
  answer(request).then(
    (body) => response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body)),
    (error) => response.writeHead(500).end(String(error)),
  );
});
server.listen(0, '127.0.0.1', () => {
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  process.stdout.write(`ready http://127.0.0.1:${port}\n`);
});
