import { Injectable } from '@nestjs/common';
import type { ClientInfo } from '../../common/client-info.js';
import { LoginSession } from '../login/login-session.js';
import { LoginAnswers, type SentAnswer } from '../login-gate/login-answers.js';
import type { SignedIn } from '../sign-in/signed-in.js';

/** The second half of a login that the gate has challenged. */
@Injectable()
export class LoginChallengeService {
  constructor(
    private readonly answers: LoginAnswers,
    private readonly session: LoginSession,
  ) {}

  /** @throws as `LoginAnswers.accept` */
  async complete(answer: SentAnswer, client: ClientInfo): Promise<SignedIn> {
    return this.session.open(await this.answers.accept(answer, client));
  }
}
