import type { Type } from '@nestjs/common';
import { AdminModule } from '../admin/admin.module.js';
import { AccountModule } from '../auth/account/account.module.js';
import { OwnAuditModule } from '../auth/audit/own-audit.module.js';
import { EmailChangeModule } from '../auth/email-change/email-change.module.js';
import { EmailVerificationModule } from '../auth/email-verification/email-verification.module.js';
import { ForwardAuthModule } from '../auth/forward-auth/forward-auth.module.js';
import { LoginChallengeModule } from '../auth/login-challenge/login-challenge.module.js';
import { LoginModule } from '../auth/login/login.module.js';
import { PasswordResetModule } from '../auth/password-reset/password-reset.module.js';
import { ReauthenticationModule } from '../auth/reauthentication/reauthentication.module.js';
import { RegistrationModule } from '../auth/registration/registration.module.js';
import { RevocationFeedModule } from '../auth/revocation-feed/revocation-feed.module.js';
import { SessionModule } from '../auth/session/session.module.js';
import { closestTo } from '../config/misspelled-settings.js';
import { HealthModule } from '../health/health.module.js';
import { WellKnownModule } from '../tokens/jwks/well-known.module.js';

/** Routes that belong together; most are a flow: what someone does, from the form to the answer. */
export type RouteGroup =
  | 'well-known'
  | 'registration'
  | 'login'
  | 'login-challenge'
  | 'session'
  | 'reauthentication'
  | 'account'
  | 'password-reset'
  | 'email-verification'
  | 'email-change'
  | 'audit'
  | 'forward-auth'
  | 'revocation-feed'
  | 'admin'
  | 'health';

/** The modules that have routes, in the order in which Swagger UI shows the routes of a tag. */
const GROUPS: Readonly<Record<RouteGroup, Type>> = {
  'well-known': WellKnownModule,
  registration: RegistrationModule,
  login: LoginModule,
  'login-challenge': LoginChallengeModule,
  session: SessionModule,
  reauthentication: ReauthenticationModule,
  account: AccountModule,
  'password-reset': PasswordResetModule,
  'email-verification': EmailVerificationModule,
  'email-change': EmailChangeModule,
  audit: OwnAuditModule,
  'forward-auth': ForwardAuthModule,
  'revocation-feed': RevocationFeedModule,
  admin: AdminModule,
  health: HealthModule,
};

/** Which of Latchkey's routes an application has. */
export interface LatchkeyRoutes {
  /** What stands before those of flows and administration, below the application's own prefix. Default: `api`. */
  readonly prefix?: string | undefined;
  /** These alone. Default: all. */
  readonly only?: readonly RouteGroup[] | undefined;
  /** All but these. */
  readonly except?: readonly RouteGroup[] | undefined;
}

const NAMES = Object.keys(GROUPS) as RouteGroup[];

/** @returns the modules of the groups that are wanted */
export function modulesWithRoutes(routes: false | LatchkeyRoutes = {}): Type[] {
  if (routes === false) return [];
  const { only = NAMES, except = [] } = routes;
  return NAMES.filter((name) => only.includes(name) && !except.includes(name)).map((name) => GROUPS[name]);
}

/** What is wrong with an option `routes`, a line each. */
export function problemsOfRoutes(routes: unknown): string[] {
  if (routes === undefined || routes === false) return [];
  if (typeof routes !== 'object' || routes === null || Array.isArray(routes))
    return ['routes must be false, or an object such as { except: ["admin"] }'];
  return Object.entries(routes).flatMap(([key, value]: [string, unknown]) => {
    if (key !== 'only' && key !== 'except' && key !== 'prefix')
      return [`routes.${key} is no option; there are prefix, only and except`];
    if (value === undefined) return [];
    if (key === 'prefix')
      return isPath(value) ? [] : ['routes.prefix must be a path such as api or id/v1, or empty'];
    if (!Array.isArray(value)) return [`routes.${key} must be a list of ${NAMES.join(', ')}`];
    return value
      .filter((name) => !NAMES.some((known) => known === name))
      .map((name) => unknownGroup(key, name));
  });
}

function isPath(value: unknown): boolean {
  return typeof value === 'string' && /^([\w.~-]+(\/[\w.~-]+)*)?$/.test(value);
}

function unknownGroup(key: string, name: unknown): string {
  const meant = closestTo(String(name), NAMES);
  const hint = meant === undefined ? `there are ${NAMES.join(', ')}` : `${meant} was probably meant`;
  return `routes.${key}: ${String(name)} names no routes; ${hint}`;
}
