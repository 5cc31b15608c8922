import { type PasswordContext, PasswordPolicy } from './password-policy.js';

/** Several policies as one: asked in order until one refuses. Put the cheap ones first. */
export class PasswordPolicies extends PasswordPolicy {
  constructor(private readonly policies: readonly PasswordPolicy[]) {
    super();
  }

  async reject(password: string, context?: PasswordContext): Promise<string | undefined> {
    for (const policy of this.policies) {
      // oxlint-disable-next-line eslint/no-await-in-loop -- what one refuses, the dearer ones need not see
      const reason = await policy.reject(password, context);
      if (reason !== undefined) return reason;
    }
    return undefined;
  }
}
