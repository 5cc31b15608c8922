/**
 * Pages, ours or of a team's front end: each takes the token from the fragment, which reaches no server and no log, and sends it to the
 * API.
 */
const PATHS = {
  'password-reset': '/reset-password',
  'email-verification': '/verify-email',
  'email-change': '/confirm-email',
  registration: '/confirm-registration',
  invitation: '/accept-invitation',
} as const;

/** @param base from the configuration: what a request says of itself may be forged, and would be mailed */
export function accountLink(base: string, purpose: keyof typeof PATHS, token: string): string {
  return `${base}${PATHS[purpose]}#token=${token}`;
}
