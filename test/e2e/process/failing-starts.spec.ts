import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import pg from 'pg';
import { NetworkServer, refusingPostgres } from '../../support/network-server.js';
import { createDatabase, describeWithPostgres, type TestDatabase } from '../../support/services/available.js';
import { temporaryDirectory, type TemporaryDirectory } from '../../support/test-config.js';
import { type Environment, type FailingStart, tellsInOneLine } from '../support/failing-starts.js';

const SECRET = 'Zk3v9QpX7mT1bR5wY8nL2cF6hJ4dG0sA';

let directory: TemporaryDirectory;
let names = 0;
const newPath = () => join(directory.path, String((names += 1)));

beforeAll(() => {
  directory = temporaryDirectory();
});
afterAll(() => directory.remove());

const file = (content: string, mode = 0o600): string => {
  const path = newPath();
  writeFileSync(path, content, { mode });
  return path;
};

/** A data directory in which something is already. */
const dataDirWith = (name: string, fill: (path: string) => void): Environment => {
  const path = newPath();
  mkdirSync(path);
  fill(join(path, name));
  return { DATA_DIR: path };
};

const closedDirectory = (): string => {
  const path = newPath();
  mkdirSync(path);
  chmodSync(path, 0o500);
  return path;
};

const privateKey = (passphrase?: string): string => {
  const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const sealed = passphrase === undefined ? {} : { cipher: 'aes-256-cbc', passphrase };
  return key.export({ type: 'pkcs8', format: 'pem', ...sealed }) as string;
};

const withKey = (path: string): Environment => ({ SIGNING_KEY_FILES: path });

const FILES: Readonly<Record<string, FailingStart>> = {
  'DATA_DIR is a file': {
    environment: () => ({ DATA_DIR: file('') }),
    says: /DATA_DIR cannot be used: ENOTDIR.* Remove what stands in the way, or choose another/,
  },
  'DATA_DIR is below a file': {
    environment: () => ({ DATA_DIR: join(file(''), 'data') }),
    says: /DATA_DIR cannot be used: ENOTDIR.* choose another/,
  },
  'DATA_DIR is where the system makes no directories': {
    environment: () => ({ DATA_DIR: '/proc/latchkey' }),
    says: /DATA_DIR cannot be used: E(NOENT|ROFS|ACCES|PERM).* choose another/,
  },
  'DATA_DIR is where the system makes none, and the secret is given': {
    environment: () => ({ DATA_DIR: '/proc/latchkey', APP_SECRET: SECRET }),
    says: /DATA_DIR cannot be used: E(NOENT|ROFS|ACCES|PERM).* choose another/,
  },
  'DATA_DIR may not be written to': {
    environment: () => ({ DATA_DIR: closedDirectory() }),
    says: /DATA_DIR cannot be used: EACCES.* Give the user that the server runs as the right/,
  },
  'DATA_DIR may not be written to, and the secret is given': {
    environment: () => ({ DATA_DIR: closedDirectory(), APP_SECRET: SECRET }),
    says: /DATA_DIR cannot be used: EACCES.* Give the user that the server runs as the right/,
  },
  'the generated secret is a directory': {
    environment: () => dataDirWith('app-secret', (path) => mkdirSync(path)),
    says: /DATA_DIR cannot be used: EISDIR.* choose another/,
  },
  'the generated secret was overwritten': {
    environment: () => dataDirWith('app-secret', (path) => writeFileSync(path, 'mine')),
    says: /DATA_DIR cannot be used: .*app-secret holds no secret that was generated. Restore it/,
  },
  'more than one worker shares the embedded database': {
    environment: () => ({ DATA_DIR: newPath(), WORKERS: '2' }),
    says: /^Configuration: WORKERS is more than 1, which needs DATABASE_URL: the embedded database belongs to one process$/,
  },
  'the embedded database is a file': {
    environment: () => dataDirWith('database', (path) => writeFileSync(path, '')),
    says: /DATA_DIR cannot be used: ENOTDIR.* choose another/,
  },
  "the embedded database's lock is a directory": {
    environment: () => dataDirWith('database.lock', (path) => mkdirSync(path)),
    says: /DATA_DIR cannot be used: EISDIR.* choose another/,
  },
  'the embedded database is of another version': {
    environment: () =>
      dataDirWith('database', (path) => {
        mkdirSync(path);
        writeFileSync(join(path, 'PG_VERSION'), '9\n');
      }),
    says: /The embedded database has stopped .* Restore DATA_DIR from a backup, or choose another/,
  },
  'a file of NAME_FILE is missing': {
    environment: () => ({ DATABASE_URL_FILE: '/no/such/file' }),
    says: /DATABASE_URL_FILE cannot be read \(ENOENT\)/,
  },
  'a file of NAME_FILE is a directory': {
    environment: () => ({ APP_SECRET_FILE: directory.path }),
    says: /APP_SECRET_FILE cannot be read \(EISDIR\)/,
  },
  'a file of NAME_FILE may not be read': {
    environment: () => ({ APP_SECRET_FILE: file(SECRET, 0) }),
    says: /APP_SECRET_FILE cannot be read \(EACCES\)/,
  },
  'a signing key is missing': {
    environment: () => withKey('/no/such/key.pem'),
    says: /^Configuration: SIGNING_KEY_FILES: \/no\/such\/key.pem cannot be read \(ENOENT\)/,
  },
  'a signing key is a directory': {
    environment: () => withKey(directory.path),
    says: /^Configuration: SIGNING_KEY_FILES: .* cannot be read \(EISDIR\)/,
  },
  'a signing key may not be read': {
    environment: () => withKey(file(privateKey(), 0)),
    says: /^Configuration: SIGNING_KEY_FILES: .* cannot be read \(EACCES\)/,
  },
  'a signing key is garbage': {
    environment: () => withKey(file('-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n')),
    says: /^Configuration: SIGNING_KEY_FILES: .* holds no unencrypted PEM key/,
  },
  'a signing key is encrypted': {
    environment: () => withKey(file(privateKey('a passphrase'))),
    says: /^Configuration: SIGNING_KEY_FILES: .* holds no unencrypted PEM key/,
  },
};

describe('A start that cannot succeed for want of a file or a directory', () => {
  tellsInOneLine(FILES);
});

describe('A start that cannot succeed for what is elsewhere', () => {
  const servers: Record<string, NetworkServer> = {};
  const portOf = (name: string): number => servers[name]?.port ?? 0;
  const postgresAt = (port: number): Environment => ({
    DATABASE_URL: `postgres://app:pw@127.0.0.1:${port}/app`,
  });
  const redisAt = (port: number): Environment => ({
    SESSION_STORE: 'redis',
    REDIS_URL: `redis://127.0.0.1:${port}`,
  });
  const answering = (sqlState: string): Environment => postgresAt(portOf(sqlState));

  beforeAll(async () => {
    servers['silent'] = await NetworkServer.start();
    servers['other'] = await NetworkServer.start((socket) => socket.write('220 mail.example ESMTP\r\n'));
    servers['hangs up'] = await NetworkServer.start((socket) => socket.destroy());
    for (const [sqlState, message] of [
      ['25006', 'cannot execute CREATE SCHEMA in a read-only transaction'],
      ['42601', 'syntax error at or near "skip"'],
      ['53100', 'could not extend file: No space left on device'],
      ['53300', 'sorry, too many clients already'],
      ['57P03', 'the database system is starting up'],
    ] as const) {
      servers[sqlState] = await NetworkServer.start(refusingPostgres(sqlState, message));
    }
  });
  afterAll(async () => {
    await Promise.all(Object.values(servers).map((server) => server.stop()));
  });

  tellsInOneLine({
    'the port is taken': {
      environment: () => ({ PORT: String(portOf('silent')) }),
      says: /PORT is in use already: stop the process that listens there, or choose another/,
    },
    'the host is another machine': {
      environment: () => ({ HOST: '203.0.113.7' }),
      says: /HOST is no address of this machine: choose one/,
    },
    'nothing listens where PostgreSQL should': {
      environment: () => postgresAt(1),
      says: /DATABASE_URL cannot be used: .*ECONNREFUSED.* Start PostgreSQL, or correct host and port/,
    },
    'the port is none': {
      environment: () => postgresAt(99_999),
      says: /^Configuration: DATABASE_URL names a port that is not from 1 to 65535$/,
    },
    'what listens keeps silent': {
      environment: () => postgresAt(portOf('silent')),
      says: /DATABASE_URL cannot be used: timeout expired. Make sure that host and port are those of PostgreSQL/,
    },
    'what listens is not PostgreSQL': {
      environment: () => postgresAt(portOf('other')),
      says: /DATABASE_URL cannot be used: .* Make sure that host and port are those of PostgreSQL/,
    },
    'what listens hangs up': {
      environment: () => postgresAt(portOf('hangs up')),
      says: /DATABASE_URL cannot be used: .* Make sure that host and port are those of PostgreSQL/,
    },
    'the authority of sslmode=verify-full is missing': {
      environment: () => ({
        DATABASE_URL: 'postgres://app@127.0.0.1:1/app?sslmode=verify-full&sslrootcert=/no/such/ca.pem',
      }),
      says: /DATABASE_URL cannot be used: ENOENT.*\/no\/such\/ca.pem.* Correct the path/,
    },
    'PostgreSQL is a replica': {
      environment: () => answering('25006'),
      says: /DATABASE_URL cannot be used: .* Name the primary, or all servers with target_session_attrs=read-write; or turn off/,
    },
    'PostgreSQL does not know the language': {
      environment: () => answering('42601'),
      says: /DATABASE_URL cannot be used: syntax error.* It may be too old/,
    },
    "PostgreSQL's disk is full": {
      environment: () => answering('53100'),
      says: /DATABASE_URL cannot be used: .*No space left.* Make room on its disk/,
    },
    'PostgreSQL has too many clients': {
      environment: () => answering('53300'),
      says: /DATABASE_URL cannot be used: sorry.* Let it take more connections, or lower DATABASE_POOL_MAX/,
    },
    'PostgreSQL is recovering': {
      environment: () => answering('57P03'),
      says: /DATABASE_URL cannot be used: .* start again when it is ready/,
    },
    'nothing listens where Redis should': {
      environment: () => redisAt(1),
      says: /REDIS_URL cannot be used: .*ECONNREFUSED.* Start Redis, or correct host and port/,
    },
    'what listens is not Redis': {
      environment: () => redisAt(portOf('other')),
      says: /REDIS_URL cannot be used: .* Make sure that host, port and TLS \(rediss\) are those of Redis/,
    },
  });
});

describeWithPostgres('A start that cannot succeed for what PostgreSQL is told', () => {
  let database: TestDatabase;
  const role = `latchkey_starts_${process.pid}`;

  const urlWith = (change: (url: URL) => void): Environment => {
    const url = new URL(database.url);
    change(url);
    return { DATABASE_URL: url.href };
  };

  beforeAll(async () => {
    database = await createDatabase();
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`create role ${role} login password 'pw' connection limit 0`);
    await client.end();
  });
  afterAll(async () => {
    const client = new pg.Client({ connectionString: database.url });
    await client.connect();
    await client.query(`drop role ${role}`);
    await client.end();
    await database.drop();
  });

  tellsInOneLine({
    'the password is wrong': {
      environment: () => urlWith((url) => (url.password = 'wrong')),
      says: /DATABASE_URL cannot be used: password authentication failed.* Give it a role and a password/,
    },
    'the password is missing': {
      environment: () => urlWith((url) => (url.password = '')),
      says: /DATABASE_URL cannot be used: .* It asks for a password/,
    },
    'the database is missing': {
      environment: () => urlWith((url) => (url.pathname = '/latchkey_no_such_database')),
      says: /DATABASE_URL cannot be used: .* does not exist. Create the database, or name another/,
    },
    'the role may have no connection': {
      environment: () =>
        urlWith((url) => {
          url.username = role;
          url.password = 'pw';
        }),
      says: /DATABASE_URL cannot be used: too many connections.* lower DATABASE_POOL_MAX/,
    },
    'the server offers no TLS': {
      environment: () => urlWith((url) => (url.search = '?sslmode=require')),
      says: /DATABASE_URL cannot be used: .*does not support SSL.* Turn ssl on there/,
    },
  });
});
