import type { KoaContextWithOIDC } from 'oidc-provider';
import { refuseUnmetContext } from './authentication-context.js';
import type { ProtocolErrors } from './grant-errors.js';

/** What the protocol library exports of it. */
export type InteractionPolicy = (typeof import('oidc-provider'))['interactionPolicy'];

interface PolicyParts {
  readonly policy: InteractionPolicy;
  readonly errors: ProtocolErrors;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

/** Of first-party clients nothing is asked; others' native applications cannot be known, so that people see each request of theirs. */
export function interactionPolicyOf({
  policy,
  errors,
  now,
}: PolicyParts): ReturnType<InteractionPolicy['base']> {
  const prompts = policy.base();
  for (const prompt of prompts) {
    const { details } = prompt;
    // The library knows it in seconds: a password that was shown in the same second, before, would do.
    prompt.details = async (context) => ({ ...(await details(context)), startedAt: now() });
  }
  const login = prompts.get('login')?.checks;
  login?.remove('essential_acr');
  const contexts = login?.get('essential_acrs');
  if (contexts) contexts.check = (context) => refuseUnmetContext(context, errors);
  const checks = prompts.get('consent')?.checks;
  const native = checks?.get('native_client_prompt');
  if (native) {
    const asks = native.check;
    native.check = (context) => !isFirstParty(context) && asks(context);
  }
  return prompts;
}

/** Whether it belongs to the team. */
export function isFirstParty({ oidc: { client } }: KoaContextWithOIDC): boolean {
  return client?.['firstParty'] === true;
}
