import { Module } from '@nestjs/common';
import { SessionClients } from './session-clients.js';

/** For all who tell of sessions; no routes. */
@Module({ providers: [SessionClients], exports: [SessionClients] })
export class SessionClientsModule {}
