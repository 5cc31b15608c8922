import { Injectable } from '@nestjs/common';
import { asc, desc, eq, gt, inArray } from 'drizzle-orm';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, DatabaseConnection } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import type { OAuthClient, StoredClient } from './oauth-client.js';
import { type ClientsPage, OAuthClientsRepository } from './oauth-clients.repository.js';
import { oauthClients, oauthClientSecrets } from './oauth-clients.table.js';

type Row = typeof oauthClients.$inferSelect;

/** In the tables `oauth_clients` and `oauth_client_secrets`. */
@Injectable()
export class PostgresOAuthClientsRepository extends OAuthClientsRepository {
  private readonly db: Database;

  constructor({ db }: DatabaseConnection) {
    super();
    this.db = db;
  }

  async find(id: string): Promise<StoredClient | undefined> {
    const [found] = await withSecrets(
      this.db,
      await this.db.select().from(oauthClients).where(eq(oauthClients.id, id)),
    );
    return found;
  }

  async list({ limit, after }: ClientsPage): Promise<StoredClient[]> {
    const rows = await this.db
      .select()
      .from(oauthClients)
      .where(after === undefined ? undefined : gt(oauthClients.id, after))
      .orderBy(asc(oauthClients.id))
      .limit(limit);
    return withSecrets(this.db, rows);
  }

  async hold(id: string, transaction: Transaction): Promise<StoredClient | undefined> {
    const [held] = await withSecrets(
      handleOf(this.db, transaction),
      await this.rowsHeld(id, 'update', transaction),
    );
    return held;
  }

  override async holdShared(id: string, transaction: Transaction): Promise<OAuthClient | undefined> {
    const [held] = await this.rowsHeld(id, 'share', transaction);
    return held;
  }

  private async rowsHeld(id: string, strength: 'update' | 'share', transaction: Transaction): Promise<Row[]> {
    const db = handleOf(this.db, transaction);
    return db.select().from(oauthClients).where(eq(oauthClients.id, id)).for(strength);
  }

  async listFixed(transaction: Transaction): Promise<string[]> {
    const rows = await handleOf(this.db, transaction)
      .select({ id: oauthClients.id })
      .from(oauthClients)
      .where(eq(oauthClients.fixed, true))
      .orderBy(asc(oauthClients.id));
    return rows.map(({ id }) => id);
  }

  async add({ client, secrets }: StoredClient, transaction: Transaction): Promise<boolean> {
    const db = handleOf(this.db, transaction);
    const added = await db
      .insert(oauthClients)
      .values(rowOf(client))
      .onConflictDoNothing()
      .returning({ id: oauthClients.id });
    if (added.length > 0) await addSecrets(db, client.id, secrets);
    return added.length > 0;
  }

  async replace({ client, secrets }: StoredClient, transaction: Transaction): Promise<void> {
    const db = handleOf(this.db, transaction);
    await db.update(oauthClients).set(rowOf(client)).where(eq(oauthClients.id, client.id));
    await db.delete(oauthClientSecrets).where(eq(oauthClientSecrets.clientId, client.id));
    await addSecrets(db, client.id, secrets);
  }

  async delete(id: string, transaction: Transaction): Promise<boolean> {
    const deleted = await handleOf(this.db, transaction)
      .delete(oauthClients)
      .where(eq(oauthClients.id, id))
      .returning({ id: oauthClients.id });
    return deleted.length > 0;
  }
}

async function withSecrets(db: Database, rows: readonly Row[]): Promise<StoredClient[]> {
  const ids = rows.filter(({ authMethod }) => authMethod === 'client_secret_basic').map(({ id }) => id);
  const secrets =
    ids.length === 0
      ? []
      : await db
          .select()
          .from(oauthClientSecrets)
          .where(inArray(oauthClientSecrets.clientId, ids))
          .orderBy(desc(oauthClientSecrets.createdAt), asc(oauthClientSecrets.hash));
  return rows.map((client) => ({
    client,
    secrets: secrets
      .filter(({ clientId }) => clientId === client.id)
      .map(({ clientId: _, ...secret }) => secret),
  }));
}

async function addSecrets(db: Database, clientId: string, secrets: StoredClient['secrets']): Promise<void> {
  if (secrets.length === 0) return;
  await db.insert(oauthClientSecrets).values(secrets.map((secret) => ({ ...secret, clientId })));
}

function rowOf({ grants, scopes, origins, audiences, ...client }: OAuthClient): Row {
  return {
    ...client,
    grants: [...grants],
    redirectUris: [...client.redirectUris],
    postLogoutRedirectUris: [...client.postLogoutRedirectUris],
    scopes: [...scopes],
    origins: [...origins],
    audiences: [...audiences],
  };
}
