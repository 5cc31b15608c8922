import { setTimeout as sleep } from 'node:timers/promises';
import type { OnApplicationShutdown, OnModuleInit } from '@nestjs/common';
import { Injectable, Logger } from '../../common/nest.js';
import { Clock } from '../../common/clock.js';
import { UnavailableError } from '../../common/errors/latchkey-error.js';
import { outsideSpans } from '../../common/tracing/tracing.js';
import type { TokenKey } from '../../tokens/keys/token-key.js';
import { VerificationKeys } from '../../tokens/keys/verification-keys.js';
import { ResourceServerConfig } from '../resource-server.config.js';
import { IssuerKeyReader } from './issuer-key-reader.js';

/** Between two questions that unknown keys bring about, however many they are. Milliseconds, as all below. */
const COOLDOWN = 10_000;
/** How long a reading holds, where the issuer's `max-age` is not between the two. */
const REFRESH_MIN = 10_000;
const REFRESH_MAX = 300_000;
/** After a reading that failed; twice as long after each further one. */
const RETRY_MIN = 1_000;
const RETRY_MAX = 30_000;
/** How long a request, or the start, waits for a reading. */
const PATIENCE = 3_000;
/** Services that started together do not ask together. */
const JITTER = 0.2;

/**
 * The issuer's keys, known in process and read again in the background. What a token names is never fetched: an unknown `kid`
 * brings about one question to the issuer itself, for all such tokens of ten seconds. While the issuer does not answer, the
 * keys that were read last stay in use, up to `keysMaxStaleness`.
 */
@Injectable()
export class IssuerKeys implements VerificationKeys, OnModuleInit, OnApplicationShutdown {
  private readonly logger = new Logger('IssuerKeys');
  private readonly stopping = new AbortController();
  private byKid: ReadonlyMap<string, TokenKey> = new Map();
  private refused = '';
  private readAt = { monotonic: Number.NEGATIVE_INFINITY, wall: Number.NEGATIVE_INFINITY };
  /** When the last question began. */
  private askedAt = Number.NEGATIVE_INFINITY;
  private reading: Promise<void> | undefined;
  private failures = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly reader: IssuerKeyReader,
    private readonly config: ResourceServerConfig,
    private readonly clock: Clock,
  ) {}

  /** Called by Nest. A service starts without its issuer, and answers 503 until the keys are there. */
  async onModuleInit(): Promise<void> {
    await this.within(this.read());
  }

  /** Called by Nest. */
  onApplicationShutdown(): void {
    this.stopping.abort();
    clearTimeout(this.timer);
  }

  /** @throws UnavailableError where the issuer has to be asked, or could not be for too long */
  find(kid: string): TokenKey | undefined {
    const key = this.byKid.get(kid);
    if (key && this.age() <= this.config.keysMaxStaleness) return key;
    if (!key && !this.reading && this.failures === 0 && !this.mayAsk()) return undefined;
    throw new UnavailableError('The keys of the issuer cannot be known right now.');
  }

  /** Asks the issuer, unless that was done a moment ago. */
  async catchUp(): Promise<void> {
    if (!this.reading && !this.mayAsk()) return;
    await this.within(this.read());
  }

  private mayAsk(): boolean {
    return this.clock.monotonic() - this.askedAt >= COOLDOWN;
  }

  private age(): number {
    const { monotonic, wall } = this.readAt;
    return Math.max(this.clock.monotonic() - monotonic, this.clock.now() - wall);
  }

  private async within(reading: Promise<void>): Promise<void> {
    await Promise.race([reading, sleep(PATIENCE, undefined, { ref: false })]);
  }

  /** One at a time, whatever asks for it. */
  private read(): Promise<void> {
    this.reading ??= this.readOnce().finally(() => (this.reading = undefined));
    return this.reading;
  }

  private async readOnce(): Promise<void> {
    clearTimeout(this.timer);
    const began = { monotonic: this.clock.monotonic(), wall: this.clock.now() };
    this.askedAt = began.monotonic;
    let next = REFRESH_MAX;
    try {
      const { byKid, refused, maxAge = REFRESH_MAX } = await this.reader.read(this.stopping.signal);
      // What the issuer no longer publishes is no longer good.
      this.byKid = byKid;
      this.readAt = began;
      this.noteRead(refused);
      next = Math.min(Math.max(maxAge, REFRESH_MIN), REFRESH_MAX);
    } catch (error) {
      this.noteFailure((error as Error).message);
      next = Math.min(RETRY_MIN * 2 ** (this.failures - 1), RETRY_MAX);
    }
    if (this.stopping.signal.aborted) return;
    const delay = next * (1 - JITTER * Math.random());
    this.timer = outsideSpans(() => setTimeout(() => void this.read(), delay).unref());
  }

  private noteRead(refused: readonly string[]): void {
    const [said, isEmpty] = [refused.join(' '), this.byKid.size === 0];
    if (said !== this.refused && said !== '') this.logger.warn(said);
    this.refused = said;
    if (isEmpty) throw new Error('the issuer publishes no key that is accepted');
    if (this.failures > 0) this.logger.log('The keys of the issuer are known again.');
    this.failures = 0;
  }

  /** Told once, until it works again. */
  private noteFailure(reason: string): void {
    this.failures += 1;
    if (this.failures > 1 || this.stopping.signal.aborted) return;
    const meanwhile =
      this.byKid.size === 0
        ? 'protected routes answer 503'
        : 'those read before stay in use for keysMaxStaleness';
    this.logger.error(`The keys of the issuer cannot be read, ${meanwhile}: ${reason}`);
  }
}
