import { Injectable } from '@nestjs/common';
import { Outbox } from '../../mail/outbox.js';

/** TEMPORARY, until the mail module provides an `Outbox`: drops every mail. */
@Injectable()
export class DiscardingOutbox extends Outbox {
  enqueue(): Promise<void> {
    return Promise.resolve();
  }
}
