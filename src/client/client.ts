import type { ApiFetch } from './api-fetch.js';
import type { AuthenticatedFetch } from './authenticated-fetch.js';
import { LatchkeyClientError } from './client-error.js';
import type {
  CallOptions,
  ChallengeAnswer,
  Credentials,
  LatchkeyClient,
  Registration,
  User,
} from './latchkey-client.js';
import type { Opening, Session } from './session.js';
import type { SignedInUser } from './signed-in-user.js';
import type { Transport } from './transport.js';

/** What a client is made of. */
export interface ClientParts {
  readonly transport: Transport;
  readonly session: Session;
  readonly signedIn: SignedInUser;
  readonly requests: AuthenticatedFetch;
  /** Whether a session is over when this tab has forgotten it. */
  readonly forgetsWithoutServer: boolean;
  /** Tells the other tabs. @param was who was signed in */
  readonly tellOthers: (user: User | null, was: User | null | undefined) => void;
}

/** Registers, logs in and out, and asks who is signed in, in either mode. */
export class Client implements LatchkeyClient {
  readonly onChange: LatchkeyClient['onChange'];
  readonly fetch: ApiFetch;

  constructor(private readonly parts: ClientParts) {
    this.onChange = parts.signedIn.onChange;
    this.fetch = (input: string | URL | Request, given?: RequestInit) => parts.requests.fetch(input, given);
  }

  get user(): User | null | undefined {
    return this.parts.signedIn.current;
  }

  readonly register = (fields: Registration, options?: CallOptions): Promise<User | null> =>
    this.signIn('register', fields, options);

  readonly login = (credentials: Credentials, options?: CallOptions): Promise<User> =>
    this.logIn('', credentials, options);

  readonly completeLogin = (answer: ChallengeAnswer, options?: CallOptions): Promise<User> =>
    this.logIn('/challenge', answer, options);

  readonly logout = async (options?: CallOptions): Promise<void> => {
    const was = this.user;
    if (was === null) return;
    // They end at the same time, should this one fail.
    if (this.parts.forgetsWithoutServer) this.parts.tellOthers(null, was);
    await this.end(options);
    if (!this.parts.forgetsWithoutServer) this.parts.tellOthers(null, was);
  };

  readonly restore = async (options?: CallOptions): Promise<User | null> => {
    const { session, signedIn, requests, transport } = this.parts;
    const { epoch } = signedIn;
    let user: User | null = null;
    if (await session.exists()) {
      const response = await requests.fetch(
        `${transport.root}/profile`,
        init('GET', options),
        transport.timeout,
      );
      if (response.ok) user = (await response.json()) as User;
      else if (response.status !== 401) throw await LatchkeyClientError.from(response);
    }
    // Unless a user has signed in meanwhile.
    if (epoch === signedIn.epoch) signedIn.set(user);
    return this.user ?? null;
  };

  /** Ends the session of this tab, without a word to others. */
  async end(options?: CallOptions): Promise<void> {
    const { session, signedIn, requests, transport, forgetsWithoutServer } = this.parts;
    const { epoch } = signedIn;
    const forget = () => {
      if (epoch !== signedIn.epoch) return;
      session.close();
      signedIn.set(null);
    };
    try {
      const response = await requests.fetch(
        `${transport.root}/auth/logout`,
        init('POST', options),
        transport.timeout,
      );
      if (!response.ok && response.status !== 401) throw await LatchkeyClientError.from(response);
    } catch (error) {
      if (forgetsWithoutServer) forget();
      throw error;
    }
    forget();
  }

  private async logIn(step: string, json: unknown, options?: CallOptions): Promise<User> {
    const user = await this.signIn(`login${step}`, json, options);
    if (!user) throw new LatchkeyClientError('UNEXPECTED_ANSWER', 'The server answered without a user.');
    return user;
  }

  private signIn(route: string, json: unknown, { signal }: CallOptions = {}): Promise<User | null> {
    const { transport, session, signedIn, tellOthers } = this.parts;
    return session.opening(async () => {
      const since = Date.now();
      const call = { json, headers: session.headers, signal };
      const answer = await transport.call<Opening & { user: User }>(
        'POST',
        `${transport.root}/auth/${route}`,
        call,
      );
      if (!answer) return null;
      const was = this.user;
      session.open(answer, since);
      signedIn.set(answer.user, true);
      tellOthers(answer.user, was);
      return answer.user;
    });
  }
}

function init(method: string, { signal }: CallOptions = {}): RequestInit {
  return signal ? { method, signal } : { method };
}
