import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { DatabaseConnection } from '../../src/database/database.js';
import { openMigratedDatabase } from '../../src/database/open-database.js';
import { eventually } from '../e2e/support/eventually.js';
import { selfSignedCertificate } from '../support/self-signed-certificate.js';
import { describeWithPostgres } from '../support/services/available.js';
import { startPostgresPair, startPostgresServer } from '../support/services/start-postgres.js';
import { temporaryDirectory } from '../support/test-config.js';

/** Nothing listens there. */
const DEAD = '127.0.0.1:1';
/** A label is too long for any name server to be asked. */
const UNKNOWN = `${'n'.repeat(64)}.example`;

type Postgres = Awaited<ReturnType<typeof startPostgresPair>>['primary'];

/** `host:port` */
function placeOf({ url }: Postgres): string {
  return new URL(url).host;
}

/** The URL of a server with other hosts in it. */
function listing({ url }: Postgres, hosts: readonly string[], parameters = ''): string {
  return url.replace(new URL(url).host, hosts.join(',')) + (parameters && `?${parameters}`);
}

function open(url: string): Promise<DatabaseConnection> {
  return openMigratedDatabase({ url, poolMax: 3, directory: '', schema: undefined });
}

async function portOf({ db }: DatabaseConnection): Promise<string> {
  const { rows } = (await db.execute(sql`select current_setting('port') as port`)) as {
    rows: { port: string }[];
  };
  return `127.0.0.1:${rows[0]?.port}`;
}

// It warns of each server that does not serve.
beforeAll(() => Logger.overrideLogger(false));

describeWithPostgres('A list of PostgreSQL servers', () => {
  let primary: Postgres;
  let standby: Postgres;
  let silent: ReturnType<typeof createServer>;
  let silentPlace: string;

  beforeAll(async () => {
    ({ primary, standby } = await startPostgresPair());
    silent = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    silentPlace = `127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    silent.close();
    await standby.stop();
    await primary.stop();
  });

  it.each(['read-write', 'primary'])(
    'is tried in its order until one is the primary (target_session_attrs=%s)',
    async (role) => {
      const hosts = [DEAD, UNKNOWN, silentPlace, placeOf(standby), placeOf(primary)];
      const parameters = `target_session_attrs=${role}&connect_timeout=2`;
      const connection = await open(listing(primary, hosts, parameters));
      const used = await portOf(connection);
      await connection.close();

      expect(used).toBe(placeOf(primary));
      expect(connection.description).toBe(`PostgreSQL at ${hosts.join(', ')}/postgres`);
    },
  );

  it('may hold sockets, as parameters with ports of their own', async () => {
    const { username, password, port } = new URL(primary.url);
    const parameters = `host=127.0.0.1,/no/such/directory,127.0.0.1&port=1,2,${port}`;
    const connection = await open(`postgres://${username}:${password}@/postgres?${parameters}`);
    expect(await portOf(connection)).toBe(placeOf(primary));
    await connection.close();
  });

  it('is of no use where none takes writes, and it is said what keeps each from it', async () => {
    const url = listing(primary, [DEAD, placeOf(standby)], 'target_session_attrs=read-write');
    await expect(open(url)).rejects.toMatchObject({
      cause: {
        message: `No server serves (${DEAD}: connect ECONNREFUSED ${DEAD}; ${placeOf(standby)}: it takes no writes (target_session_attrs=read-write))`,
      },
    });
  });

  it('may be one server, which is asked whether it takes writes', async () => {
    const url = listing(standby, [placeOf(standby)], 'target_session_attrs=primary');
    await expect(open(url)).rejects.toMatchObject({
      cause: { code: '25006', message: 'it takes no writes (target_session_attrs=primary)' },
    });
  });

  it('is not tried further after a wrong password, which is wrong on each', async () => {
    const url = new URL(primary.url);
    url.password = 'wrong';
    const hosts = `${url.host},${DEAD}`;
    await expect(open(url.href.replace(url.host, hosts))).rejects.toMatchObject({
      cause: { code: '28P01', message: expect.stringMatching(/^password authentication failed/) },
    });
  });

  describe('with TLS', () => {
    const files = temporaryDirectory();
    let server: Postgres;

    beforeAll(async () => {
      server = await startPostgresServer();
      const { cert, key } = selfSignedCertificate();
      const writing = (name: string, text: string) =>
        `copy (select line from unnest(string_to_array('${text.trimEnd()}', e'\\n')) line) to program 'umask 077; cat > ${name}'`;
      await server.run(
        writing('server.crt', cert),
        writing('server.key', key),
        'alter system set ssl = on',
        'select pg_reload_conf()',
      );
      writeFileSync(join(files.path, 'ca.pem'), cert);
    });
    afterAll(async () => {
      await server.stop();
      files.remove();
    });

    it("holds each server's certificate against its own name", async () => {
      const { port } = new URL(server.url);
      const parameters = `sslmode=verify-full&sslrootcert=${files.path}/ca.pem`;
      // The same server: its certificate is for localhost and for 127.0.0.1.
      const wrong = `0.0.0.0:${port}`;
      await expect(open(listing(server, [wrong], parameters))).rejects.toMatchObject({
        cause: { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      });
      for (const right of ['localhost', '127.0.0.1']) {
        const connection = await open(listing(server, [wrong, `${right}:${port}`], parameters));
        const { rows } = (await connection.db.execute(
          sql`select ssl from pg_stat_ssl where pid = pg_backend_pid()`,
        )) as { rows: unknown[] };
        expect(rows).toEqual([{ ssl: true }]);
        await connection.close();
      }
    });
  });
});

describeWithPostgres('When the primary of a list takes no more writes, and another does', () => {
  let primary: Postgres;
  let standby: Postgres;
  let connection: DatabaseConnection;

  beforeEach(async () => {
    ({ primary, standby } = await startPostgresPair());
    const hosts = [placeOf(primary), placeOf(standby)];
    connection = await open(listing(primary, hosts, 'target_session_attrs=read-write'));
  });
  afterEach(async () => {
    await connection.close();
    await standby.stop();
    await primary.stop();
  });

  const write = () =>
    connection.db.transaction((db) => db.execute(sql`create table if not exists written (number int)`));

  /** As long as connections stay, only what is written on them tells. */
  async function switchOver(): Promise<void> {
    await standby.run('select pg_promote()');
    await primary.run('alter system set default_transaction_read_only = on', 'select pg_reload_conf()');
  }

  it('one write fails, in a transaction, too, and all connections are to the other one', async () => {
    await Promise.all([1, 2, 3].map(() => connection.db.execute(sql`select pg_sleep(0.05)`)));
    await switchOver();

    await eventually(async () => expect(write()).rejects.toMatchObject({ cause: { code: '25006' } }));
    const ports = await Promise.all([1, 2, 3].map(() => portOf(connection)));
    expect(new Set(ports)).toEqual(new Set([placeOf(standby)]));
    await write();
  });

  it('a connection that listens moves, too', async () => {
    const heard: string[] = [];
    const listen = (lost: () => void) => connection.listen('news', (payload) => heard.push(payload), lost);
    let lose = (): void => undefined;
    const lost = new Promise<void>((resolve) => (lose = resolve));
    await listen(lose);
    await switchOver();
    await lost;

    const listening = await listen(() => undefined);
    await connection.db.execute(sql`select pg_notify('news', 'moved')`);
    await eventually(() => Promise.resolve(expect(heard).toEqual(['moved'])));
    expect(await portOf(connection)).toBe(placeOf(standby));
    await listening.close();
  });
});
