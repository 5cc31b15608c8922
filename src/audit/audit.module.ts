import { type DynamicModule, Module, type Provider } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { AuditConfig } from '../config/config.js';
import { StoragePurge } from '../database/purge/storage-purge.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { expiredAuditEvents } from './audit-events.table.js';
import { AuditLog } from './audit-log.js';
import { AuditSink } from './audit-sink.js';
import { AnnouncingAuditSink } from './events/announcing-audit-sink.js';
import { AuthEvents } from './events/auth-events.js';
import { PostgresAuditSink } from './postgres-audit-sink.js';
import { IdentifierHash } from './identifier-hash.js';
import { RefusalLog } from './refusal-log.js';

/** The sink itself, default or a team's. What is injected for `AuditSink` hands it every event, and then tells `AuthEvents`. */
const SINK = Symbol('latchkey:audit-sink');

/** The log of security events. Replaceable: `AuditSink`, `AuthEvents`. */
@Module({})
export class AuditModule {
  /** @internal */
  constructor(purge: StoragePurge, config: AuditConfig) {
    purge.declare(expiredAuditEvents(config.retention));
  }

  /**
   * The audit log.
   * @param options may replace `AuditSink`
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: AuditModule,
      imports: withImports([SecretsModule], options),
      global: true,
      providers: [
        ...withOverrides(
          [
            { provide: AuditSink, useClass: PostgresAuditSink },
            AuthEvents,
            AuditLog,
            IdentifierHash,
            RefusalLog,
          ],
          options,
        ).map(withoutName),
        {
          provide: AuditSink,
          inject: [SINK, AuthEvents, Clock],
          useFactory: (sink: AuditSink, events: AuthEvents, clock: Clock) =>
            new AnnouncingAuditSink(sink, events, clock),
        },
      ],
      exports: [AuditSink, AuthEvents, AuditLog, IdentifierHash, RefusalLog],
    };
  }
}

function withoutName(provider: Provider): Provider {
  const isSink = typeof provider === 'object' && provider.provide === AuditSink;
  return isSink ? { ...provider, provide: SINK } : provider;
}
