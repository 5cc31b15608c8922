import { sql } from 'drizzle-orm';
import { type DatabaseConnection, NotificationsLostError } from '../../database/database.js';
import type { Findings } from './finding.js';
import type { Subject } from './subject.js';

/** The oldest that Latchkey is tested with. */
const OLDEST = 15;
/** Nothing listens there. */
const CHANNEL = 'latchkey_doctor';

interface Server {
  readonly version: string;
  readonly major: number;
  readonly readOnly: boolean;
  readonly role: string;
  readonly mayMakeSchema: boolean;
  /** Of the schema; null where there is none. */
  readonly usage: boolean | null;
  readonly create: boolean | null;
}

/** @returns whether the tables can be looked at */
export async function lookAtServer(
  connection: DatabaseConnection,
  subject: Subject,
  findings: Findings,
): Promise<boolean> {
  const server = await ask(connection);
  const where = `${connection.description} (version ${server.version})`;
  if (server.readOnly)
    findings.fail(
      `${where} takes no writes.`,
      'Name the primary, or all servers with target_session_attrs=read-write.',
    );
  else if (server.major < OLDEST)
    findings.warn(
      `${where} answers, and is older than what Latchkey is tested with.`,
      `Use PostgreSQL ${OLDEST} or later.`,
    );
  else findings.ok(`${where} answers.`);
  const usable = await lookAtRights(connection, server, findings.of('database rights'));
  await lookAtNotifications(connection, subject, findings.of('notifications'));
  return usable;
}

async function ask(connection: DatabaseConnection): Promise<Server> {
  const { rows } = (await connection.db.execute(sql`
    select current_setting('server_version') as version,
      current_setting('server_version_num')::int / 10000 as major,
      current_setting('transaction_read_only') = 'on' as "readOnly",
      current_user as role,
      has_database_privilege(current_database(), 'CREATE') as "mayMakeSchema",
      has_schema_privilege(n.oid, 'USAGE') as usage,
      has_schema_privilege(n.oid, 'CREATE') as "create"
    from (select 1) as one left join pg_namespace n on n.nspname = ${connection.schema}`)) as {
    rows: unknown[];
  };
  return rows[0] as Server;
}

async function lookAtRights(
  connection: DatabaseConnection,
  server: Server,
  findings: Findings,
): Promise<boolean> {
  const schema = `"${connection.schema}"`;
  const { role, usage, create, mayMakeSchema } = server;
  if (usage === null) {
    if (mayMakeSchema) findings.ok(`The schema ${schema} is made at the first start.`);
    else
      findings.fail(
        `There is no schema ${schema}, and the role ${role} may not make it.`,
        `As owner of the database: CREATE SCHEMA ${schema} AUTHORIZATION "${role}"`,
      );
    return mayMakeSchema;
  }
  if (!usage || create !== true) {
    findings.fail(
      `The role ${role} may not ${usage ? 'make tables' : 'work'} in the schema ${schema}.`,
      `GRANT USAGE, CREATE ON SCHEMA ${schema} TO "${role}"`,
    );
    return usage;
  }
  const { closed, foreign } = await tablesWithoutRights(connection);
  if (closed.length > 0)
    findings.fail(
      `The role ${role} may not read or write ${closed.join(', ')}.`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO "${role}"`,
    );
  else if (foreign.length > 0)
    findings.warn(
      `The role ${role} owns not all tables: migrations that change ${foreign.join(', ')} will fail.`,
      `As their owner: ALTER TABLE … OWNER TO "${role}", or run latchkey migrate as the owner.`,
    );
  else findings.ok(`The role ${role} may do all that is needed in the schema ${schema}.`);
  return closed.length === 0;
}

async function tablesWithoutRights(
  connection: DatabaseConnection,
): Promise<{ closed: string[]; foreign: string[] }> {
  const { rows } = (await connection.db.execute(sql`
    select t.relname as name, pg_has_role(t.relowner, 'USAGE') as own,
      has_table_privilege(t.oid, 'SELECT') and has_table_privilege(t.oid, 'INSERT')
        and has_table_privilege(t.oid, 'UPDATE') and has_table_privilege(t.oid, 'DELETE') as open
    from pg_class t join pg_namespace n on n.oid = t.relnamespace
    where n.nspname = ${connection.schema} and t.relkind = 'r' order by 1`)) as {
    rows: { name: string; own: boolean; open: boolean }[];
  };
  return {
    closed: rows.filter(({ open }) => !open).map(({ name }) => name),
    foreign: rows.filter(({ own }) => !own).map(({ name }) => name),
  };
}

/** Without them instances hear of revocations by asking, which takes longer. */
async function lookAtNotifications(
  connection: DatabaseConnection,
  { config }: Subject,
  findings: Findings,
): Promise<void> {
  if (config.redis.url !== undefined) {
    findings.ok('Instances tell each other through Redis.');
    return;
  }
  const ignore = (): void => undefined;
  try {
    await (await connection.listen(CHANNEL, ignore, ignore)).close();
    findings.ok('What is notified arrives.');
  } catch (error) {
    if (!(error instanceof NotificationsLostError)) throw error;
    findings.warn(
      'What is notified does not arrive: a pooler hands connections on.',
      'Instances ask in its place; REDIS_URL, or a pool by session, tells them at once.',
    );
  }
}
