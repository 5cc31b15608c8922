import { Injectable } from '@nestjs/common';
import { AppConfig, MailConfig } from '../../config/config.js';
import type { Mail } from '../mail.js';
import { chooseLanguage } from '../templates/choose-language.js';
import { MailTemplates } from '../templates/mail-templates.js';
import { readableData } from '../templates/readable-data.js';
import type { OutgoingMail } from '../transport/mailer.js';
import type { OutboxRow } from './outbox-store.js';

/** Makes of what was written down what goes out. */
@Injectable()
export class MailRenderer {
  constructor(
    private readonly templates: MailTemplates,
    private readonly config: MailConfig,
    private readonly app: AppConfig,
  ) {}

  render({ id, position, createdAt }: OutboxRow, { to, template, data, language: wish }: Mail): OutgoingMail {
    const { name: product } = this.app;
    const from = { name: this.config.from.name || product, address: this.config.from.address };
    const language = chooseLanguage(wish, this.templates.languages, this.config.language);
    const domain = from.address.slice(from.address.lastIndexOf('@') + 1);
    const content = this.templates.render({ template, data: readableData(data), language, product });
    const messageId = `${id}@${domain}`;
    return { id, position, template, to, from, messageId, date: createdAt, language, ...content };
  }
}
