import { Injectable, Logger } from '@nestjs/common';
import { AuditSink } from '../../audit/audit-sink.js';
import { IdentifierHash } from '../../audit/identifier-hash.js';
import { logFailure } from '../../common/errors/log-failure.js';
import { UnitOfWork } from '../../common/unit-of-work.js';
import type { User } from '../../users/user.js';
import { LoginChallenges } from './login-challenges.js';
import { type Login, type LoginDecision, LoginGate } from './login-gate.js';
import { LoginChallengeRequiredError, LoginDeniedError } from './login-gate.errors.js';

/** Milliseconds. */
const LIFETIME = 300_000;
const LIFETIME_MAX = 900_000;

const OWN: ReadonlySet<string> = new Set(['password', 'registration', 'confirmation', 'invitation']);

/** A login that the gate has let pass. Only `LoginAdmission` makes one, and no session is opened without. */
export class AdmittedLogin implements Login {
  readonly user: User;
  readonly client;
  readonly credential;
  readonly deviceId;

  private constructor(
    login: Login,
    /** How the user showed who they are, where that was more than the credential. */
    readonly methods: readonly string[],
  ) {
    ({ user: this.user, client: this.client, credential: this.credential, deviceId: this.deviceId } = login);
  }

  /** The credential, where it is one of the application's own. */
  get strategy(): string | undefined {
    return OWN.has(this.credential) ? undefined : this.credential;
  }

  /** @internal */
  static of(login: Login, methods: readonly string[]): AdmittedLogin {
    return new AdmittedLogin(login, methods);
  }
}

/** Asks the gate, and does what it says. */
@Injectable()
export class LoginAdmission {
  private readonly logger = new Logger('Login');

  constructor(
    private readonly gate: LoginGate,
    private readonly challenges: LoginChallenges,
    private readonly audit: AuditSink,
    private readonly identifiers: IdentifierHash,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * Of a user whose credential was right.
   * @throws LoginDeniedError, LoginChallengeRequiredError: no session is opened
   */
  async admit(login: Login): Promise<AdmittedLogin> {
    return this.conclude(login, await this.gate.decide(login));
  }

  /** @throws as `admit` */
  async conclude(login: Login, decision: LoginDecision): Promise<AdmittedLogin> {
    if (decision.outcome === 'allow') return AdmittedLogin.of(login, decision.methods ?? []);
    if (decision.outcome === 'deny') return this.deny(login, decision);
    if (decision.outcome === 'challenge') return this.challenge(login, decision);
    // What a gate that is written in JavaScript may say.
    throw new TypeError('The login gate said neither allow nor deny nor challenge.');
  }

  private async deny(
    { user, client }: Login,
    { reason, message }: Extract<LoginDecision, { outcome: 'deny' }>,
  ): Promise<never> {
    const event = this.identifiers.eventOf('login.failed', user.email, user, client, 'denied');
    const denied = { ...event, details: { ...event.details, denial: reason } };
    await logFailure(
      this.logger,
      'A denied login could not be recorded',
      () => this.audit.record(denied),
      client,
    );
    throw new LoginDeniedError(reason, message);
  }

  private async challenge(
    login: Login,
    { challenges, lifetime = LIFETIME }: Extract<LoginDecision, { outcome: 'challenge' }>,
  ): Promise<never> {
    if (challenges.length === 0) throw new TypeError('The login gate challenged with nothing.');
    const { user, client } = login;
    const milliseconds = Math.min(lifetime, LIFETIME_MAX);
    const token = await this.unitOfWork.run(async (transaction) => {
      const event = this.identifiers.eventOf('login.challenged', user.email, user, client);
      await this.audit.record(event, transaction);
      return this.challenges.issue(login, challenges, milliseconds, transaction);
    });
    const offered = challenges.map(({ kind, parameters = {} }) => ({ kind, parameters }));
    throw new LoginChallengeRequiredError(token, offered, Math.floor(milliseconds / 1000));
  }
}
