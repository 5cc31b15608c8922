import { ApplicationConfig } from '@nestjs/core';
import type { HttpConfig } from '../../config/config.js';

/**
 * Where browsers find routes of ours: a proxy may serve the application below the path of `PUBLIC_URL`, the application may
 * have a global prefix, and the routes have their own.
 */
export class ApiPaths {
  constructor(
    private readonly http: HttpConfig,
    private readonly application: ApplicationConfig,
    private readonly prefix: string,
  ) {}

  /** Right once the application is made: its global prefix is set after that. @param route e.g. `auth/refresh` */
  of(route: string): string {
    return joined([new URL(this.http.publicUrl).pathname, this.served(route)]);
  }

  /** Where the application itself has it. @param route e.g. `auth/refresh` */
  served(route: string): string {
    return joined([this.application.getGlobalPrefix(), this.prefix, route]);
  }
}

function joined(parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter(Boolean)
    .join('/')}`;
}
