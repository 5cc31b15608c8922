import { Injectable, type OnModuleInit } from '@nestjs/common';
import { type SigningKeySet, SigningKeySource } from './signing-key-source.js';
import type { TokenKey } from './token-key.js';

/** The key set, known in process: nothing is read to sign or to verify. */
@Injectable()
export class SigningKeys implements OnModuleInit {
  private set: SigningKeySet | undefined;
  private byKid: ReadonlyMap<string, TokenKey> = new Map();

  constructor(private readonly source: SigningKeySource) {}

  async onModuleInit(): Promise<void> {
    this.set = await this.source.load();
    this.byKid = new Map(this.set.all.map((key) => [key.kid, key]));
  }

  get current(): TokenKey {
    if (!this.set) throw new Error('The signing keys are not loaded yet.');
    return this.set.current;
  }

  get all(): readonly TokenKey[] {
    return this.set?.all ?? [];
  }

  find(kid: string): TokenKey | undefined {
    return this.byKid.get(kid);
  }
}
