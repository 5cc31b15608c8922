import { Injectable } from '@nestjs/common';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { Clock } from '../../common/clock.js';
import type { Transaction } from '../../common/unit-of-work.js';
import { type Database, InjectDatabase } from '../../database/database.js';
import { handleOf } from '../../database/drizzle-unit-of-work.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { holderOf } from './artifact-holder.js';
import { ArtifactSealer, hashOf } from './artifact-sealer.js';
import { oauthArtifacts } from './oauth-artifacts.table.js';
import { UserCodeHashes } from './user-code-hashes.js';

/** One thing that a flow keeps. */
export interface Artifact {
  /** JSON. */
  readonly payload: Readonly<Record<string, unknown>>;
  /** Whether it was used; what is good for one use is good for none then. */
  readonly isConsumed: boolean;
}

/** What is put down, and where it belongs. */
export interface NewArtifact {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly grantId?: string | undefined;
  readonly userCode?: string | undefined;
  /** Seconds from now. */
  readonly expiresIn: number;
}

/**
 * What OAuth flows keep between two requests. Identifiers are stored as hashes only, contents sealed: who reads the table can
 * use nothing of it.
 */
@Injectable()
export class OAuthArtifacts {
  private readonly sealer: ArtifactSealer;
  private readonly userCodes: UserCodeHashes;

  constructor(
    @InjectDatabase() private readonly db: Database,
    private readonly clock: Clock,
    keys: DerivedKeys,
  ) {
    this.sealer = new ArtifactSealer(keys);
    this.userCodes = new UserCodeHashes(keys);
  }

  /** Puts it down, in place of an earlier one of that identifier. */
  async put(model: string, id: string, artifact: NewArtifact): Promise<void> {
    const row = this.rowOf(model, id, artifact);
    const { model: _model, idHash: _idHash, ...changed } = row;
    await this.db
      .insert(oauthArtifacts)
      .values(row)
      .onConflictDoUpdate({ target: [oauthArtifacts.model, oauthArtifacts.idHash], set: changed });
  }

  /** Puts it down unless there is one of that identifier, expired or not. @returns whether there was none */
  async putFirst(model: string, id: string, artifact: NewArtifact): Promise<boolean> {
    const put = await this.db
      .insert(oauthArtifacts)
      .values(this.rowOf(model, id, artifact))
      .onConflictDoNothing()
      .returning({ model: oauthArtifacts.model });
    return put.length > 0;
  }

  /** @returns also one whose time is over, as long as it is kept */
  async find(model: string, id: string): Promise<Artifact | undefined> {
    const [row] = await this.db
      .select({ sealed: oauthArtifacts.sealed, consumedAt: oauthArtifacts.consumedAt })
      .from(oauthArtifacts)
      .where(and(eq(oauthArtifacts.model, model), eq(oauthArtifacts.idHash, hashOf(id))));
    return row && this.opened(row, hashOf(id));
  }

  /** By what people type. */
  async findByUserCode(model: string, userCode: string): Promise<(Artifact & { id?: string }) | undefined> {
    const [row] = await this.db
      .select({
        idHash: oauthArtifacts.idHash,
        sealed: oauthArtifacts.sealed,
        consumedAt: oauthArtifacts.consumedAt,
      })
      .from(oauthArtifacts)
      .where(
        and(
          eq(oauthArtifacts.model, model),
          inArray(oauthArtifacts.userCodeHash, this.userCodes.allOf(userCode)),
        ),
      );
    return row && this.opened(row, row.idHash);
  }

  /** Uses it up. @returns false if it was used before, or is not there: of several at once, one gets true */
  async consume(model: string, id: string): Promise<boolean> {
    const consumed = await this.db
      .update(oauthArtifacts)
      .set({ consumedAt: new Date(this.clock.now()) })
      .where(
        and(
          eq(oauthArtifacts.model, model),
          eq(oauthArtifacts.idHash, hashOf(id)),
          isNull(oauthArtifacts.consumedAt),
        ),
      )
      .returning({ model: oauthArtifacts.model });
    return consumed.length > 0;
  }

  /** @returns whether it was there */
  async delete(model: string, id: string): Promise<boolean> {
    const gone = await this.db
      .delete(oauthArtifacts)
      .where(and(eq(oauthArtifacts.model, model), eq(oauthArtifacts.idHash, hashOf(id))))
      .returning({ model: oauthArtifacts.model });
    return gone.length > 0;
  }

  /** All that a grant is to come from: it cannot be taken any more. */
  async deleteOfGrant(grantId: string): Promise<void> {
    await this.db.delete(oauthArtifacts).where(eq(oauthArtifacts.grantId, sql`${grantId}::uuid`));
  }

  /**
   * Uses up what a grant comes from, together with what is written in that transaction. Until its end who revokes it, or would use it
   * as well, waits, and finds the session.
   * @returns false if it was used or revoked before: of several at once, one gets true
   */
  async consumeOfGrant(grantId: string, transaction: Transaction): Promise<boolean> {
    const consumed = await handleOf(this.db, transaction)
      .update(oauthArtifacts)
      .set({ consumedAt: new Date(this.clock.now()) })
      .where(and(eq(oauthArtifacts.grantId, sql`${grantId}::uuid`), isNull(oauthArtifacts.consumedAt)))
      .returning({ model: oauthArtifacts.model });
    return consumed.length > 0;
  }

  private rowOf(model: string, id: string, { payload, grantId, userCode, expiresIn }: NewArtifact) {
    const idHash = hashOf(id);
    return {
      model,
      idHash,
      sealed: this.sealer.seal(payload, idHash),
      grantId: grantId ?? null,
      holderHash: grantId === undefined ? null : holderOf(payload),
      userCodeHash: userCode === undefined ? null : this.userCodes.of(userCode),
      expiresAt: new Date(this.clock.now() + expiresIn * 1000),
    };
  }

  private opened(
    { sealed, consumedAt }: { readonly sealed: string; readonly consumedAt: Date | null },
    idHash: string,
  ): Artifact | undefined {
    const payload = this.sealer.open(sealed, idHash);
    return payload && { payload, isConsumed: consumedAt !== null };
  }
}
