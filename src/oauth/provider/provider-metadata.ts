import { Injectable } from '@nestjs/common';
import type { KoaContextWithOIDC, Provider } from 'oidc-provider';
import { ServerMetadata } from '../../tokens/jwks/server-metadata.js';
import { AuthorizationServer } from './authorization-server.js';

/** What the protocol library would answer at its own address. */
type Discovery = (context: { readonly oidc: object; body?: Record<string, unknown> }) => void;

/** Metadata as the protocol library writes it, for the addresses where Latchkey's own are. */
@Injectable()
export class ProviderMetadata extends ServerMetadata {
  private readonly documents = new WeakMap<Provider, Promise<Readonly<Record<string, unknown>>>>();

  constructor(private readonly server: AuthorizationServer) {
    super();
  }

  async document(): Promise<Readonly<Record<string, unknown>>> {
    const provider = await this.server.provider();
    const document = this.documents.get(provider) ?? write(provider);
    this.documents.set(provider, document);
    return document;
  }
}

async function write(provider: Provider): Promise<Readonly<Record<string, unknown>>> {
  const { default: discovery } = (await import('oidc-provider/lib/actions/discovery.js')) as {
    default: Discovery;
  };
  const { issuer } = provider;
  const urlFor: KoaContextWithOIDC['oidc']['urlFor'] = (name, options) => provider.urlFor(name, options);
  const context: Parameters<Discovery>[0] = { oidc: { provider, issuer, urlFor } };
  discovery(context);
  return context.body ?? {};
}
