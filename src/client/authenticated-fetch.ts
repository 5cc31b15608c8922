import { LatchkeyClientError, problemOf } from './client-error.js';
import { isRequest, OutgoingRequest } from './outgoing-request.js';
import type { Session, Stamp } from './session.js';
import type { SignedInUser } from './signed-in-user.js';
import type { Transport } from './transport.js';
import { untilAborted } from './until-aborted.js';

interface Sent {
  readonly response: Response;
  readonly stamp: Stamp;
}

/** Sends requests with the session's credentials, and renews these. */
export class AuthenticatedFetch {
  constructor(
    private readonly transport: Transport,
    private readonly session: Session,
    private readonly user: SignedInUser,
    private readonly onForgeryRefused: () => void,
  ) {}

  async fetch(input: string | URL | Request, init: RequestInit = {}, timeout?: number): Promise<Response> {
    const url = this.transport.resolve(isRequest(input) ? input.url : input);
    const request = new OutgoingRequest(input, init, url);
    if (request.isAuthorized) return this.transport.send(...request.with(request.headers), timeout);
    const { epoch } = this.user;
    await this.renewIfEnding(request);
    const { response, stamp } = await this.send(request, timeout);
    if (response.status === 403 && (await problemOf(response))?.code === 'CSRF_REJECTED') {
      this.onForgeryRefused();
    }
    if (!(await refusesToken(response)) || !(await this.renew(stamp, epoch, request.signal))) return response;
    if (!request.isRepeatable) throw await usedUp(response);
    return (await this.send(request, timeout)).response;
  }

  private async send(request: OutgoingRequest, timeout?: number): Promise<Sent> {
    const { headers } = request;
    const stamp = await untilAborted(this.session.authorize(headers, request.method), request.signal);
    return { response: await this.transport.send(...request.with(headers), timeout), stamp };
  }

  /** Ahead of the refusal, which costs a round trip, and a stream its body. */
  private async renewIfEnding({ signal }: OutgoingRequest): Promise<void> {
    const { lifetime } = this.session;
    if (!lifetime?.isEnding) return;
    try {
      await this.renew(this.session.stamp, this.user.epoch, signal);
    } catch (error) {
      // What cannot be renewed now may still be good.
      if (signal?.aborted || lifetime.isOver) throw error;
    }
  }

  /** @returns whether it is worth trying again: for the same sign-in */
  private async renew(stamp: Stamp, epoch: number, signal: AbortSignal | undefined): Promise<boolean> {
    if (epoch !== this.user.epoch) return false;
    const renewed = await untilAborted(this.session.renew(stamp), signal);
    if (epoch !== this.user.epoch) return false;
    if (!renewed) this.user.set(null);
    return renewed;
  }
}

/** Not where a password was wrong: trying it again would count twice. */
async function refusesToken(response: Response): Promise<boolean> {
  if (response.status !== 401) return false;
  const problem = await problemOf(response);
  return problem === undefined || problem.code.startsWith('TOKEN_');
}

async function usedUp(response: Response): Promise<LatchkeyClientError> {
  return new LatchkeyClientError(
    'BODY_NOT_REPEATABLE',
    'The token had to be renewed, and the body, a stream, was used up: send it again.',
    { status: response.status, problem: await problemOf(response) },
  );
}
