import type { CsrfTokenModel } from './api-types.js';
import { LatchkeyClientError } from './client-error.js';
import { Lifetime } from './lifetime.js';
import type { Opening, Session, Stamp } from './session.js';
import type { TabLock } from './tab-lock.js';
import { TokenRefresh } from './token-refresh.js';
import type { Transport } from './transport.js';

const AUTH_MODE = { 'X-Auth-Mode': 'cookie' };
const CSRF_HEADER = 'X-CSRF-Token';
/** They change nothing, and need no CSRF token. */
const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'OPTIONS']);

/** What a tab that has renewed the cookies tells the others. */
export interface Renewal {
  readonly renewedAt: number;
  readonly since: number;
  readonly expiresIn: number;
}

/** Tokens in cookies that no script can read, and that all tabs share: only one of these renews them at a time. */
export class CookieSession implements Session {
  readonly headers = AUTH_MODE;
  lifetime: Lifetime | undefined;
  private readonly refresh: TokenRefresh;
  /** Undefined: not asked for yet; null: there is no session. */
  private csrf: Promise<string | null> | undefined;
  private renewedAt = 0;
  private renewal: Promise<boolean> | undefined;

  constructor(
    private readonly transport: Transport,
    private readonly lock: TabLock,
    private readonly onRenewal: (renewal: Renewal) => void,
    private readonly onOtherSession: () => void,
  ) {
    this.refresh = new TokenRefresh(transport);
  }

  /** Any renewal that this tab does not know of is later. */
  get stamp(): Stamp {
    return this.renewedAt + 1;
  }

  /** An answer to a refresh that came after that to a login would put the old session's cookies in place of the new. */
  opening<T>(work: () => Promise<T>): Promise<T> {
    return this.lock.exclusively(work);
  }

  open({ csrfToken, expiresIn }: Opening, since: number): void {
    this.csrf = Promise.resolve(csrfToken ?? null);
    this.lifetime = new Lifetime(expiresIn, since);
    this.renewedAt = Math.max(Date.now(), this.renewedAt + 1);
  }

  close(): void {
    this.csrf = Promise.resolve(null);
    this.lifetime = undefined;
  }

  /** Another tab has opened a session, of which this one knows nothing yet. */
  forget(): void {
    this.csrf = undefined;
    this.lifetime = undefined;
  }

  /** Another tab has renewed the cookies. */
  learn({ renewedAt, since, expiresIn }: Renewal): void {
    if (renewedAt < this.renewedAt) return;
    this.renewedAt = renewedAt;
    this.lifetime = new Lifetime(expiresIn, since);
  }

  async exists(): Promise<boolean> {
    this.csrf = undefined;
    return (await this.csrfToken()) !== null;
  }

  async authorize(headers: Headers, method: string): Promise<Stamp> {
    if (!SAFE_METHODS.has(method)) {
      const token = await this.csrfToken();
      if (token !== null) headers.set(CSRF_HEADER, token);
    }
    // Later than any renewal that this tab knows of, be it in the same millisecond.
    return Math.max(Date.now(), this.renewedAt + 1);
  }

  /** @param stamp a time: a renewal since then is good */
  renew(stamp: Stamp): Promise<boolean> {
    this.renewal ??= this.lock
      .exclusively(() => this.rotate(Number(stamp)))
      .finally(() => {
        this.renewal = undefined;
      });
    return this.renewal;
  }

  private async rotate(needed: number): Promise<boolean> {
    if (await this.isRenewedSince(needed)) return true;
    const token = await this.csrfToken();
    if (token === null) return false;
    const since = Date.now();
    const answer = await this.refresh
      .run({ headers: { ...AUTH_MODE, [CSRF_HEADER]: token } })
      .catch((error: unknown) => this.refused(error, token));
    if (!answer) {
      this.close();
      return false;
    }
    this.open(answer, since);
    await this.lock.markDone(this.renewedAt);
    this.onRenewal({ renewedAt: this.renewedAt, since, expiresIn: answer.expiresIn });
    return true;
  }

  /** That of another session, of which no message has come, is taken up; this renewal was meant for the one before. */
  private async refused(error: unknown, token: string): Promise<never> {
    if (error instanceof LatchkeyClientError && error.code === 'CSRF_REJECTED') {
      this.csrf = undefined;
      if ((await this.csrfToken()) !== token) this.onOtherSession();
    }
    throw error;
  }

  private async isRenewedSince(needed: number): Promise<boolean> {
    const last = await this.lock.lastDone();
    if (last > this.renewedAt) {
      // The message that says for how long is on its way.
      this.renewedAt = last;
      this.lifetime = undefined;
    }
    return this.renewedAt >= needed;
  }

  /** However many ask, the server is asked once; a failure is not kept. */
  private csrfToken(): Promise<string | null> {
    this.csrf ??= this.transport.call<CsrfTokenModel>('GET', `${this.transport.root}/auth/csrf`).then(
      (answer) => answer?.csrfToken ?? null,
      (error: unknown) => {
        this.csrf = undefined;
        throw error;
      },
    );
    return this.csrf;
  }
}
