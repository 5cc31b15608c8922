import { Injectable } from '@nestjs/common';
import type { Session } from '../../tokens/sessions/session.js';

/** @returns the client's name; undefined if there is no such client */
export type ClientNameOf = (clientId: string) => Promise<string | undefined>;

/** By the clients' ids. */
export type ClientNames = ReadonlyMap<string, string>;

/** What the OAuth clients are called that sessions were granted to. Without an authorization server there are none. */
@Injectable()
export class SessionClients {
  private nameOf: ClientNameOf = () => Promise.resolve(undefined);

  /** Called once by the one who keeps the clients. */
  declare(nameOf: ClientNameOf): void {
    this.nameOf = nameOf;
  }

  async namesOf(sessions: readonly Session[]): Promise<ClientNames> {
    const ids = new Set(sessions.flatMap(({ clientId }) => clientId ?? []));
    const named = await Promise.all([...ids].map(async (id) => [id, await this.nameOf(id)] as const));
    return new Map(named.flatMap(([id, name]) => (name === undefined ? [] : [[id, name]])));
  }
}
