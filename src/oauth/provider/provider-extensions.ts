import type { Provider } from 'oidc-provider';
import type { ProtocolErrors } from './grant-errors.js';

/** Adds something to an instance of the protocol library that was just set up. */
export type ProviderExtension = (provider: Provider, errors: ProtocolErrors) => void;

/** What parts of the authorization server add to the protocol library. */
export class ProviderExtensions {
  private readonly declared: ProviderExtension[] = [];

  declare(...extensions: ProviderExtension[]): void {
    this.declared.push(...extensions);
  }

  applyTo(provider: Provider, errors: ProtocolErrors): void {
    for (const extend of this.declared) extend(provider, errors);
  }
}
