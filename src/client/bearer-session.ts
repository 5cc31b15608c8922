import { Lifetime } from './lifetime.js';
import type { Opening, Session, Stamp } from './session.js';
import { TokenRefresh } from './token-refresh.js';
import type { Transport } from './transport.js';

interface Tokens {
  readonly access: string;
  readonly refresh: string;
  readonly lifetime: Lifetime;
}

/** Tokens in the memory of this tab, and nowhere else: a reload forgets them, and no other tab has them. */
export class BearerSession implements Session {
  readonly headers = undefined;
  private readonly refresh: TokenRefresh;
  private tokens: Tokens | undefined;
  private renewal: Promise<boolean> | undefined;

  constructor(transport: Transport) {
    this.refresh = new TokenRefresh(transport);
  }

  get lifetime(): Lifetime | undefined {
    return this.tokens?.lifetime;
  }

  get stamp(): Stamp {
    return this.tokens;
  }

  opening<T>(work: () => Promise<T>): Promise<T> {
    return work();
  }

  open({ accessToken = '', refreshToken = '', expiresIn }: Opening, since: number): void {
    this.tokens = { access: accessToken, refresh: refreshToken, lifetime: new Lifetime(expiresIn, since) };
  }

  close(): void {
    this.tokens = undefined;
  }

  exists(): Promise<boolean> {
    return Promise.resolve(this.tokens !== undefined);
  }

  authorize(headers: Headers): Promise<Stamp> {
    if (this.tokens) headers.set('Authorization', `Bearer ${this.tokens.access}`);
    return Promise.resolve(this.tokens);
  }

  renew(stamp: Stamp): Promise<boolean> {
    if (stamp !== this.tokens) return this.exists();
    this.renewal ??= this.rotate().finally(() => {
      this.renewal = undefined;
    });
    return this.renewal;
  }

  private async rotate(): Promise<boolean> {
    const { tokens } = this;
    if (!tokens) return false;
    const since = Date.now();
    const answer = await this.refresh.run({ json: { refreshToken: tokens.refresh } });
    // Unless the user has logged out, or in again, meanwhile.
    if (this.tokens === tokens) {
      if (answer) this.open(answer, since);
      else this.close();
    }
    return this.exists();
  }
}
