import { Injectable } from '../../common/nest.js';
import { ResourceServerConfig } from '../resource-server.config.js';
import { askIssuer, IssuerError } from './ask-issuer.js';
import { readMetadata } from './issuer-metadata.js';
import type { PublishedKeys } from './published-keys.js';

/** Metadata change seldom. Milliseconds. */
const METADATA_MAX_AGE = 3_600_000;

/** Reads the keys from where the issuer's metadata, or the option `jwksUri`, say they are. */
@Injectable()
export class IssuerKeyReader {
  private known: { readonly jwksUri: string; readonly readAt: number } | undefined;

  constructor(private readonly config: ResourceServerConfig) {}

  /** @throws IssuerError if it cannot be done */
  async read(signal: AbortSignal): Promise<PublishedKeys & { readonly maxAge: number | undefined }> {
    const jwksUri = this.config.jwksUri ?? (await this.find(signal));
    try {
      const answer = await askIssuer(jwksUri, signal);
      if (!answer) throw new IssuerError(`there is nothing at ${jwksUri}`);
      // With jsonwebtoken: nothing before the first keys needs it.
      const { publishedKeys } = await import('./published-keys.js');
      return { ...publishedKeys(answer.body, this.config.algorithms), maxAge: answer.maxAge };
    } catch (error) {
      // They may have moved.
      this.known = undefined;
      throw error;
    }
  }

  private async find(signal: AbortSignal): Promise<string> {
    if (this.known && performance.now() - this.known.readAt < METADATA_MAX_AGE) return this.known.jwksUri;
    const { jwksUri } = await readMetadata(this.config, signal);
    this.known = { jwksUri, readAt: performance.now() };
    return jwksUri;
  }
}
