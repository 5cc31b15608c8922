import { Injectable, type OnModuleInit } from '@nestjs/common';
import { ApplicationConfig } from '@nestjs/core';
import { GuardedAdapter } from './guarded-adapter.js';

/** Sees that connections come by the adapter that lets them in, before the first can come. */
@Injectable()
export class AdapterCheck implements OnModuleInit {
  constructor(
    private readonly application: ApplicationConfig,
    private readonly adapter: GuardedAdapter,
  ) {}

  /** @throws Error if the application has put another in its place */
  onModuleInit(): void {
    if (this.application.getIoAdapter() === this.adapter) return;
    throw new Error(
      'app.useWebSocketAdapter has put an adapter in the place of webSockets(), which lets connections in by their token. ' +
        'Say webSockets({ adapter: (server) => new WsAdapter(server) }) instead.',
    );
  }
}
