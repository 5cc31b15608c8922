import { Module } from '@nestjs/common';
import { SecretsModule } from '../../secrets/secrets.module.js';
import { AnswerAttempts } from './answer-attempts.js';
import { LoginAdmission } from './login-admission.js';
import { LoginAnswers } from './login-answers.js';
import { LoginChallenges } from './login-challenges.js';

/** What stands between a credential that is right and the session: what `LoginGate` decides. */
@Module({
  imports: [SecretsModule],
  providers: [LoginAdmission, LoginAnswers, LoginChallenges, AnswerAttempts],
  exports: [LoginAdmission, LoginAnswers],
})
export class LoginGateModule {}
