import { Injectable } from '@nestjs/common';
import { opaqueString } from './opaque-string.js';
import { PasswordHasher } from './password-hasher.js';
import { type PasswordContext, PasswordPolicy, PasswordRejectedError } from './password-policy.js';

/** A password that is to be: held against the policy, then hashed. */
@Injectable()
export class NewPassword {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly hasher: PasswordHasher,
  ) {}

  /**
   * @param context whose it is to be
   * @param gone as of `PasswordHasher.hash`
   * @param field the body's field that holds it
   * @returns its hash
   * @throws PasswordRejectedError
   */
  async hash(
    password: string,
    context: PasswordContext,
    gone?: AbortSignal,
    field = 'password',
  ): Promise<string> {
    const reason = await this.policy.reject(opaqueString(password), context);
    if (reason !== undefined) throw new PasswordRejectedError(field, reason);
    return this.hasher.hash(password, gone);
  }
}
