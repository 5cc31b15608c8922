import type { ClientInfo, HttpRequest } from '../../common/client-info.js';
import type { CustomClaims } from '../../tokens/access/custom-claims.js';
import type { UserFieldValues } from '../../users/fields/user-field.js';

/** A request that carries no access token, on a route that takes other credentials. */
export interface CredentialRequest {
  /** Its headers are what a credential is taken from: names in lower case. */
  readonly request: HttpRequest;
  /** Address, user agent, language. */
  readonly client: ClientInfo;
  /** Aborted after five seconds: the request is answered 503 then. */
  readonly signal: AbortSignal;
}

/** Whose credential it is: a user of Latchkey's, who is looked up. One who is disabled or gone is refused. */
export interface IdentifiedUser {
  /** The user's id. */
  readonly user: string;
  /** What of the user's scopes the credential gives. Default: all, and the roles; with it, no role unless `roles` names it. */
  readonly scopes?: readonly string[];
  /** Which of the user's roles the credential gives. */
  readonly roles?: readonly string[];
}

/** Whose credential it is: a caller whom only the strategy knows, e.g. a service. */
export interface IdentifiedService {
  /** Visible ASCII, 255 characters at most; no user's id. */
  readonly subject: string;
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** Default: none. */
  readonly roles?: readonly string[];
}

/** The caller of a request, with what the `Principal` is to say of them. */
export type IdentifiedCaller = (IdentifiedUser | IdentifiedService) & {
  /** Which client it is, e.g. the id of the key. Default: the name of the strategy. */
  readonly clientId?: string;
  /** Default: never. */
  readonly expiresAt?: Date;
  /** As those of tokens. Default: none. */
  readonly claims?: CustomClaims;
};

/** `reject`: it is one, and no good; `not-mine`: the request carries none, the next strategy is asked. */
export type RequestDecision =
  | { readonly outcome: 'accept'; readonly caller: IdentifiedCaller }
  | { readonly outcome: 'reject' }
  | { readonly outcome: 'not-mine' };

/** A password that a caller sends with an address, to log in. */
export interface PasswordLogin {
  /** As it was sent. */
  readonly email: string;
  /** As it was sent; never empty. */
  readonly password: string;
  /** `ExternalAccount.id`, where it is the password of an account that is linked already: then the address counts for nothing. */
  readonly account?: string;
  /** Address, user agent, language. */
  readonly client: ClientInfo;
  /** Aborted after five seconds: the login is answered 503 then. */
  readonly signal: AbortSignal;
}

/** An account that is kept elsewhere, e.g. the entry of a person in a directory. */
export interface ExternalAccount {
  /**
   * By which it is known for good, and no other ever will be, e.g. `entryUUID` or `objectGUID`: 255 characters at most. Never
   * the address, which may be another's next year.
   */
  readonly id: string;
  readonly email: string;
  /** The address is proved to be this account's. Default: false. */
  readonly emailVerified?: boolean;
  readonly name?: string | null;
  /** A team's own fields that a new user begins with. */
  readonly fields?: UserFieldValues;
  /** The user's roles from now on, `user` beside them; asked at each login. Default: they stay what they are. */
  readonly roles?: readonly string[];
}

/**
 * `accept`: the password is that of the account. `reject`: the account is this strategy's, or the address is, and the password
 * is wrong; no one else is asked. `not-mine`: the next strategy is asked, and at last the passwords that are kept here.
 * `unavailable`: it cannot be said.
 */
export type PasswordDecision =
  | { readonly outcome: 'accept'; readonly account: ExternalAccount }
  | { readonly outcome: 'reject' }
  | { readonly outcome: 'not-mine' }
  | { readonly outcome: 'unavailable' };

/** How a credential is sent: a security scheme of OpenAPI. */
export interface CredentialScheme {
  readonly type: 'apiKey' | 'http';
  /** Of `apiKey`: the header's name. */
  readonly name?: string;
  /** Of `apiKey`. */
  readonly in?: 'header' | 'query' | 'cookie';
  /** Of `http`, e.g. `basic`. */
  readonly scheme?: string;
  readonly description?: string;
}

/**
 * A credential of a team's own, beside access tokens. Several are `CredentialStrategies`; by default there are none. What it
 * throws lets no caller in: an error of Latchkey's is answered as it is, anything else 503.
 * @example
 * LatchkeyModule.forRoot({ providers: [{ provide: CredentialStrategy, useClass: ApiKeys }] })
 */
export abstract class CredentialStrategy {
  /** By which routes name it (`@AcceptsCredentials`), e.g. `api-key`. No two have the same; never changed. */
  abstract readonly name: string;

  /** For OpenAPI documents that Latchkey makes. */
  readonly scheme?: CredentialScheme;

  /**
   * Asked on routes that accept it, where the request carries no access token. Look a secret up by its hash, and compare in
   * constant time. A credential that browsers send by themselves (cookies, Basic) brings forged requests with it: those are
   * this strategy's own to refuse.
   * @throws UnavailableError while it cannot be said
   */
  identify?(request: CredentialRequest): RequestDecision | Promise<RequestDecision>;

  /** What becomes of an account whose first login it is: a user is made for it, or none is let in. Default: `create`. */
  readonly firstLogin?: 'create' | 'refuse';

  /**
   * Whether an account takes over the user who has its address, where both have proved that: the user's password and mailed links
   * end. Who writes addresses into the directory may then take over any such user. Default: false.
   */
  readonly linksByEmail?: boolean;

  /** Whether passwords that are kept here let in while this strategy cannot say: `local`. Default: `refuse`, no one is. */
  readonly whenUnavailable?: 'refuse' | 'local';

  /**
   * Asked at logins, before passwords that are kept here, and when a linked user shows the password again. Let an unknown address
   * take as long as a wrong password.
   * @throws UnavailableError as `unavailable`; so is all that is no error of Latchkey's
   */
  checkPassword?(login: PasswordLogin): PasswordDecision | Promise<PasswordDecision>;
}

/** Several, which are asked in order. */
export class CredentialStrategies extends CredentialStrategy {
  readonly name = '';

  /** @throws TypeError if one has no name, or that of another */
  constructor(readonly strategies: readonly CredentialStrategy[]) {
    super();
    const names = strategies.map(({ name }) => name);
    if (names.includes('') || new Set(names).size < names.length)
      throw new TypeError('Each credential strategy needs a name of its own.');
  }
}

/** Each by itself. */
export function strategiesIn(strategy: CredentialStrategy): readonly CredentialStrategy[] {
  return strategy instanceof CredentialStrategies ? strategy.strategies : [strategy];
}
