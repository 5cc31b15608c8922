import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { UsersRepository } from '../../users/users.repository.js';

/** How long what was read is cached. Milliseconds. */
const CACHE_TTL = 1_000;

/** The scopes that roles give, known in process. */
@Injectable()
export class KnownScopes {
  private read: { readonly at: number; readonly scopes: Promise<readonly string[]> } | undefined;

  private last: readonly string[] | undefined;

  constructor(
    private readonly users: UsersRepository,
    private readonly clock: Clock,
  ) {}

  /** In alphabetical order. */
  async all(): Promise<readonly string[]> {
    const now = this.clock.monotonic();
    if (!this.read || now - this.read.at > CACHE_TTL) this.read = { at: now, scopes: this.load() };
    const { read } = this;
    try {
      return (this.last = await read.scopes);
    } catch (error) {
      if (this.read === read) this.read = undefined;
      // What needs the store fails by itself; without its scopes a client would be another one.
      if (this.last) return this.last;
      throw error;
    }
  }

  private async load(): Promise<readonly string[]> {
    const roles = await this.users.findRoles();
    return [...new Set(roles.flatMap(({ scopes }) => scopes))].toSorted();
  }
}
