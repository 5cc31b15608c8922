import { Injectable } from '@nestjs/common';
import { AppConfig, HttpConfig, PasswordsConfig } from '../../config/config.js';
import { BreachedPasswordsPolicy } from './breached-passwords-policy.js';
import { CommonPasswordsPolicy } from './common-passwords-policy.js';
import { ContextWordsPolicy } from './context-words-policy.js';
import { LengthPolicy } from './length-policy.js';
import { PasswordPolicies } from './password-policies.js';

/** The default: length, words of the context, common passwords and, where it is set up, breached ones. */
@Injectable()
export class StandardPasswordPolicy extends PasswordPolicies {
  constructor(
    app: AppConfig,
    http: HttpConfig,
    passwords: PasswordsConfig,
    breached: BreachedPasswordsPolicy,
  ) {
    const { hostname } = new URL(http.publicUrl);
    super([
      new LengthPolicy(passwords.minLength),
      new ContextWordsPolicy([app.name, hostname]),
      new CommonPasswordsPolicy(),
      breached,
    ]);
  }
}
