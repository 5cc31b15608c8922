import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { Clock } from '../common/clock.js';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { TokensConfig } from '../config/config.js';
import { StoragePurge } from '../database/purge/storage-purge.js';
import { DerivedKeys } from '../secrets/derived-keys.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { AccessTokenIssuer } from './access/access-token-issuer.js';
import { AccessTokenVerifier } from './access/access-token-verifier.js';
import { OwnVerificationRules } from './access/own-verification-rules.js';
import { VerificationRules } from './access/verification-rules.js';
import { DeviceHistory } from './devices/device-history.js';
import { PostgresSigningKeys } from './keys/postgres-signing-keys.js';
import { FileSigningKeys } from './keys/file-signing-keys.js';
import { KeySealer } from './keys/key-sealer.js';
import { SharedSecretKeys } from './keys/shared-secret-keys.js';
import { SigningKeyRotation } from './keys/signing-key-rotation.js';
import { SigningKeyRotationTimer } from './keys/signing-key-rotation-timer.js';
import { SigningKeySource } from './keys/signing-key-source.js';
import { SigningKeyStore } from './keys/signing-key-store.js';
import { SigningKeys } from './keys/signing-keys.js';
import { expiredSigningKeys } from './keys/signing-keys.table.js';
import { VerificationKeys } from './keys/verification-keys.js';
import { OneTimeTokensRepository } from './one-time/one-time-tokens.repository.js';
import { OneTimeTokens } from './one-time/one-time-tokens.js';
import { EXPIRED_ONE_TIME_TOKENS } from './one-time/one-time-tokens.table.js';
import { RestoredOneTimeTokens } from './one-time/restored-one-time-tokens.js';
import { PostgresOneTimeTokensRepository } from './one-time/postgres-one-time-tokens.repository.js';
import { PostgresRevocationStore } from './revocation/postgres-revocation-store.js';
import { RedisRevocationStore } from './revocation/redis-revocation-store.js';
import { RevocationFeed } from './revocation/feed/revocation-feed.js';
import { RevocationList } from './revocation/revocation-list.js';
import { RevocationService } from './revocation/revocation.service.js';
import { RevocationStore } from './revocation/revocation-store.js';
import { RevokedTokens } from './revocation/revoked-tokens.js';
import { expiredRevocations } from './revocation/revocations.table.js';
import { PostgresSessionsRepository } from './sessions/postgres-sessions.repository.js';
import { RedisSessionsRepository } from './sessions/redis-sessions.repository.js';
import { RefreshRotationService } from './sessions/refresh-rotation.service.js';
import { RefreshTokenCodec } from './sessions/refresh-token-codec.js';
import { SessionsRepository } from './sessions/sessions.repository.js';
import { SessionEnder } from './sessions/session-ender.js';
import { expiredEras } from './revocation/session-eras.table.js';
import { SessionSettlement } from './sessions/session-settlement.js';
import { SessionsService } from './sessions/sessions.service.js';
import { EXPIRED_SESSIONS } from './sessions/sessions.table.js';
import { DpopProofs } from './proofs/dpop-proofs.js';
import { EXPIRED_DPOP_PROOFS } from './proofs/dpop-proofs.table.js';
import { PostgresReplayDetection } from './proofs/postgres-replay-detection.js';
import { ProofNonces } from './proofs/proof-nonces.js';
import { RedisReplayDetection } from './proofs/redis-replay-detection.js';
import { ReplayDetection } from './proofs/replay-detection.js';
import { TokenEvents } from './token-events.js';

/**
 * Signing keys, access tokens, sessions with their refresh tokens, revocation, one-time tokens; no routes. Knows subjects by
 * id, never users. Replaceable: `SigningKeySource`, `SessionsRepository`, `RevocationStore`, `OneTimeTokensRepository`,
 * `ReplayDetection`, `TokenEvents`.
 */
@Module({})
export class TokensModule {
  /**
   * Rows of the database go also where sessions are in Redis now: they are of before.
   * @internal
   */
  constructor(purge: StoragePurge, revoked: RevocationService, config: TokensConfig) {
    purge.declare(
      ...EXPIRED_SESSIONS,
      expiredEras(config.sessionMaxAge),
      expiredRevocations(() => revoked.longestLife),
      EXPIRED_ONE_TIME_TOKENS,
      EXPIRED_DPOP_PROOFS,
      expiredSigningKeys(config.clockLeeway),
    );
  }

  /**
   * Keys, access tokens, sessions, one-time tokens.
   * @param options may replace the repositories, `SigningKeySource`, `RevocationStore`, `TokenEvents`
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: TokensModule,
      imports: withImports([SecretsModule], options),
      global: true,
      providers: withOverrides(
        [
          TokenEvents,
          KeySealer,
          {
            provide: SigningKeySource,
            inject: [TokensConfig, ModuleRef],
            useFactory: (config: TokensConfig, moduleRef: ModuleRef) =>
              moduleRef.create(signingKeySourceFor(config)),
          },
          SigningKeyStore,
          SigningKeys,
          { provide: VerificationKeys, useExisting: SigningKeys },
          SigningKeyRotation,
          SigningKeyRotationTimer,
          AccessTokenIssuer,
          { provide: VerificationRules, useClass: OwnVerificationRules },
          AccessTokenVerifier,
          {
            provide: ReplayDetection,
            inject: [TokensConfig, ModuleRef],
            useFactory: (config: TokensConfig, moduleRef: ModuleRef) =>
              moduleRef.create<ReplayDetection>(
                config.sessionStore === 'redis' ? RedisReplayDetection : PostgresReplayDetection,
              ),
          },
          {
            provide: DpopProofs,
            inject: [ReplayDetection, Clock, DerivedKeys],
            useFactory: (replays: ReplayDetection, clock: Clock, keys: DerivedKeys) =>
              new DpopProofs(replays, clock, new ProofNonces(keys.derive('proof-nonces').current, clock)),
          },
          {
            provide: RevocationStore,
            inject: [TokensConfig, ModuleRef],
            useFactory: (config: TokensConfig, moduleRef: ModuleRef) =>
              moduleRef.create<RevocationStore>(
                config.sessionStore === 'redis' ? RedisRevocationStore : PostgresRevocationStore,
              ),
          },
          RevocationList,
          { provide: RevokedTokens, useExisting: RevocationList },
          RevocationFeed,
          RevocationService,
          {
            provide: SessionsRepository,
            inject: [TokensConfig, ModuleRef],
            useFactory: (config: TokensConfig, moduleRef: ModuleRef) =>
              moduleRef.create<SessionsRepository>(
                config.sessionStore === 'redis' ? RedisSessionsRepository : PostgresSessionsRepository,
              ),
          },
          RefreshTokenCodec,
          SessionsService,
          SessionEnder,
          SessionSettlement,
          RefreshRotationService,
          DeviceHistory,
          { provide: OneTimeTokensRepository, useClass: PostgresOneTimeTokensRepository },
          OneTimeTokens,
          RestoredOneTimeTokens,
        ],
        options,
      ),
      exports: [
        SigningKeys,
        AccessTokenIssuer,
        AccessTokenVerifier,
        VerificationRules,
        DpopProofs,
        RevocationFeed,
        RevocationList,
        RevocationService,
        SessionsRepository,
        SessionsService,
        RefreshRotationService,
        DeviceHistory,
        OneTimeTokens,
        RestoredOneTimeTokens,
        SigningKeyRotation,
        RefreshTokenCodec,
      ],
    };
  }
}

function signingKeySourceFor(config: TokensConfig): Type<SigningKeySource> {
  if (config.signingAlg === 'HS256') return SharedSecretKeys;
  return config.signingKeyFiles.length > 0 ? FileSigningKeys : PostgresSigningKeys;
}
