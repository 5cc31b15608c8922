import type { DynamicModule, Type } from '@nestjs/common';
import { RouterModule } from '@nestjs/core';

/** Below which the routes of flows and of administration are, unless an application says otherwise. */
export const API_PREFIX = 'api';

/** Puts the routes of modules below a prefix, in this application. */
export function apiRoutes(modules: readonly Type[], prefix: string): DynamicModule {
  return RouterModule.register(modules.map((module) => ({ path: prefix, module })));
}
