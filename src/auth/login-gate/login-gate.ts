import type { ClientInfo } from '../../common/client-info.js';
import type { User } from '../../users/user.js';

/**
 * By what a session is to be opened: `password` at login; `registration`, `confirmation` (of a registration) and
 * `invitation` for the first session of an account. Another text is that of a credential of the application's own.
 */
export type LoginCredential =
  'password' | 'registration' | 'confirmation' | 'invitation' | (string & Record<never, never>);

/** A login whose credential was right, before a session is opened. */
export interface Login {
  /** Whose credential it was. */
  readonly user: User;
  /** Address, user agent, language. */
  readonly client: ClientInfo;
  /** What was right. */
  readonly credential: LoginCredential;
  /** What the device is counted by that shows that the account was logged in to on it before; undefined: it shows nothing. */
  readonly deviceId?: string | undefined;
}

/** One of the ways in which a login may be completed. */
export interface LoginChallenge {
  /** What an answer names, e.g. `totp`; of several in one decision each has its own. */
  readonly kind: string;
  /** What the client is told, e.g. the options of a passkey. Default: nothing. */
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** What the gate needs to check an answer, e.g. the hash of a code that was sent. JSON; kept sealed, and told to no client. */
  readonly state?: Readonly<Record<string, unknown>>;
}

/** What becomes of a login. */
export type LoginDecision =
  | {
      readonly outcome: 'allow';
      /** How the user showed who they are, besides the credential, e.g. `otp` (RFC 8176); for the audit log, and `amr` of ID tokens. */
      readonly methods?: readonly string[];
    }
  | {
      readonly outcome: 'deny';
      /** A code of your own, which the client gets as `reason` beside `LOGIN_DENIED`. */
      readonly reason: string;
      /** A sentence for the user. */
      readonly message?: string;
    }
  | {
      readonly outcome: 'challenge';
      /** One of them has to be answered. */
      readonly challenges: readonly LoginChallenge[];
      /** Milliseconds that there are for it. Default: five minutes; fifteen at most. */
      readonly lifetime?: number;
    };

/** What a client sends to complete a login. */
export interface ChallengeAnswer {
  /** As it was when the credential was shown, but for the user, who is as they are now, and the client, who answers. */
  readonly login: Login;
  /** Which of the challenges is answered. */
  readonly kind: string;
  /** What `LoginChallenge` was made with; empty if that was nothing. */
  readonly state: Readonly<Record<string, unknown>>;
  /** Text of 1 to 8,192 characters, as it was sent: a code, or JSON. */
  readonly answer: string;
}

/** `wrong` is counted, and the challenge stays good; the others are what `decide` says. */
export type AnswerDecision = LoginDecision | { readonly outcome: 'wrong' };

/**
 * Asked whenever a session is about to be opened, when the credential was right: at login, and for the first session of an
 * account. Second factors, opening hours, blocked countries plug in here. The default lets all pass. What it throws opens no
 * session: `UnavailableError` is answered 503, anything else 500.
 * @example
 * LatchkeyModule.forRoot({ providers: [{ provide: LoginGate, useClass: TotpGate }] })
 */
export abstract class LoginGate {
  /** What becomes of a login whose credential was right. */
  abstract decide(login: Login): LoginDecision | Promise<LoginDecision>;

  /**
   * Checks the answer to a challenge. May be called several times for one challenge, also at once; of several right answers one
   * opens a session. A code that is good once is this gate's own to use up.
   * @returns wrong, unless a gate that challenges overrides it
   */
  check(_answer: ChallengeAnswer): AnswerDecision | Promise<AnswerDecision> {
    return { outcome: 'wrong' };
  }
}

/** The default: the credential is enough. */
export class OpenLoginGate extends LoginGate {
  /** @returns allow */
  decide(): LoginDecision {
    return { outcome: 'allow' };
  }
}
