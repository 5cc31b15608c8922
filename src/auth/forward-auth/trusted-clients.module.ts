import { Module } from '@nestjs/common';
import { TrustedClients } from './trusted-clients.js';

/** For those who keep OAuth clients; no routes. */
@Module({ providers: [TrustedClients], exports: [TrustedClients] })
export class TrustedClientsModule {}
