import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { HttpConfig, TokensConfig } from '../../config/config.js';
import { DerivedKeys } from '../../secrets/derived-keys.js';
import { OAuthArtifacts } from '../artifacts/oauth-artifacts.js';
import { OAuthClients } from '../clients/oauth-clients.js';
import { PairwiseSubjects } from '../clients/pairwise-subjects.js';
import { ClientTokens } from '../grants/client-tokens.js';
import { GrantTokens } from '../grants/grant-tokens.js';
import { ClientRegistration } from '../registration/client-registration.js';
import { BrowserSessions } from './browser-sessions.js';
import { IssuedTokens } from './issued-tokens.js';

/** What stands in for the models of the protocol library. */
@Injectable()
export class ProviderParts {
  constructor(
    readonly artifacts: OAuthArtifacts,
    readonly clients: OAuthClients,
    readonly clientTokens: ClientTokens,
    readonly grants: GrantTokens,
    readonly browsers: BrowserSessions,
    readonly issued: IssuedTokens,
  ) {}
}

/** What the configuration of the protocol library is made of. */
@Injectable()
export class ProviderSettings {
  constructor(
    readonly http: HttpConfig,
    readonly tokens: TokensConfig,
    readonly keys: DerivedKeys,
    readonly clock: Clock,
    readonly subjects: PairwiseSubjects,
    readonly registration: ClientRegistration,
  ) {}
}
