import { type DynamicModule, Logger, Module, type OnModuleInit } from '@nestjs/common';
import { type ModuleOverrides, withImports, withOverrides } from '../common/module-overrides.js';
import { ConfigurationError } from '../config/configuration-error.js';
import { AppConfig, MailConfig } from '../config/config.js';
import { toldAsWritten } from '../config/told-as-written.js';
import { SecretsModule } from '../secrets/secrets.module.js';
import { Outbox } from './outbox.js';
import { MailDelivery } from './sending/mail-delivery.js';
import { MailComposer } from './sending/mail-composer.js';
import { MailRenderer } from './sending/mail-renderer.js';
import { MailSealer } from './sending/mail-sealer.js';
import { MailSender } from './sending/mail-sender.js';
import { MailTimings } from './sending/mail-timings.js';
import { OutboxStore } from './sending/outbox-store.js';
import { PostgresOutbox } from './sending/postgres-outbox.js';
import { MailServerCircuitBreaker } from './sending/mail-server-circuit-breaker.js';
import { MailTemplates } from './templates/mail-templates.js';
import { StandardMailTemplates } from './templates/standard-mail-templates.js';
import { FileMailer } from './transport/file-mailer.js';
import { Mailer } from './transport/mailer.js';
import { SmtpMailer } from './transport/smtp-mailer.js';

/** Mails: written down with what they tell of, sent after it. Replaceable: `Mailer`, `MailTemplates`, `Outbox`. */
@Module({})
export class MailModule implements OnModuleInit {
  /** @internal */
  constructor(
    private readonly templates: MailTemplates,
    private readonly mailer: Mailer,
    private readonly config: MailConfig,
    private readonly app: AppConfig,
  ) {}

  /**
   * Mails, and how they are sent.
   * @param options may replace `Mailer`, `MailTemplates`, `Outbox`
   */
  static forRoot(options?: ModuleOverrides): DynamicModule {
    return {
      module: MailModule,
      imports: withImports([SecretsModule], options),
      global: true,
      providers: withOverrides(
        [
          {
            provide: Mailer,
            inject: [MailConfig],
            useFactory: ({ server, directory, fileLifetime }: MailConfig): Mailer =>
              server ? new SmtpMailer(server) : new FileMailer(directory, fileLifetime),
          },
          { provide: MailTemplates, useFactory: () => new StandardMailTemplates() },
          { provide: Outbox, useClass: PostgresOutbox },
          OutboxStore,
          MailSealer,
          MailTimings,
          MailRenderer,
          MailComposer,
          MailServerCircuitBreaker,
          MailDelivery,
          MailSender,
        ],
        options,
      ),
      exports: [Mailer, Outbox],
    };
  }

  /** Called by Nest. */
  onModuleInit(): void {
    const { languages } = this.templates;
    const { language, directory } = this.config;
    if (!languages.includes(language))
      throw toldAsWritten(
        this.config,
        new ConfigurationError([`MAIL_LANGUAGE must be one of ${languages.join(', ')}`]),
      );
    if (this.app.production && this.mailer instanceof FileMailer)
      new Logger('Mail').warn(
        toldAsWritten(
          this.config,
          `MAIL_URL is not set: no mail is sent. Mails are written to ${directory}, with links that open accounts.`,
        ),
      );
  }
}
