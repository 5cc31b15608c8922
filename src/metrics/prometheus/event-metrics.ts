import { Counter } from 'prom-client';
import type { AuthEvent } from '../../audit/events/auth-event.js';
import type { AuthEvents } from '../../audit/events/auth-events.js';
import type { MetricsRegistry } from './metrics-registry.js';

const LOGIN_OUTCOMES = [
  'succeeded',
  'challenged',
  'wrong_credentials',
  'account_disabled',
  'password_expired',
  'denied',
  'wrong_answer',
  'strategy_unavailable',
  'other',
] as const;

type LoginOutcome = (typeof LOGIN_OUTCOMES)[number];

/** Counts what `AuthEvents` tells of. */
export function countEvents({ registry }: MetricsRegistry, events: AuthEvents): void {
  const logins = new Counter({
    name: 'latchkey_logins_total',
    help: 'Logins that were tried, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
  });
  for (const outcome of LOGIN_OUTCOMES) logins.inc({ outcome }, 0);
  const all = new Counter({
    name: 'latchkey_auth_events_total',
    help: 'Events as AuthEvents tells of them, by type.',
    labelNames: ['type'],
    registers: [registry],
  });
  events.onAny((event) => {
    all.inc({ type: event.type });
    const outcome = loginOutcomeOf(event);
    if (outcome) logins.inc({ outcome });
  });
}

function loginOutcomeOf({ type, details }: AuthEvent): LoginOutcome | undefined {
  if (type === 'login.succeeded') return 'succeeded';
  if (type === 'login.challenged') return 'challenged';
  if (type !== 'login.failed') return undefined;
  // Of those that have to wait, the events tell once in a while; `latchkey_rate_limited_total` counts them.
  if (details.reason === 'throttled') return undefined;
  // Of a team's own there may be any.
  return LOGIN_OUTCOMES.find((outcome) => outcome === details.reason) ?? 'other';
}
