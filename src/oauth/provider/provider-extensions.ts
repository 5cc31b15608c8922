import type { Provider } from 'oidc-provider';
import type { ProtocolErrors } from './grant-errors.js';
import type { ProofHelpers } from './dpop-thumbprint.js';

/** Adds something to an instance of the protocol library that was just set up. */
export type ProviderExtension = (provider: Provider, errors: ProtocolErrors, proofs: ProofHelpers) => void;

/** What parts of the authorization server add to the protocol library. */
export class ProviderExtensions {
  private readonly declared: ProviderExtension[] = [];

  declare(...extensions: ProviderExtension[]): void {
    this.declared.push(...extensions);
  }

  applyTo(...parts: Parameters<ProviderExtension>): void {
    for (const extend of this.declared) extend(...parts);
  }
}
