/**
 * Pages of a team's front end, below `PUBLIC_URL`: each takes the token from the fragment, which reaches no server and no
 * log, and sends it to the API.
 */
const PATHS = {
  'password-reset': '/reset-password',
  'email-verification': '/verify-email',
  'email-change': '/confirm-email',
  registration: '/confirm-registration',
  invitation: '/accept-invitation',
} as const;

/** @param publicUrl from the configuration: what a request says of itself may be forged, and would be mailed */
export function accountLink(publicUrl: string, purpose: keyof typeof PATHS, token: string): string {
  return `${publicUrl}${PATHS[purpose]}#token=${token}`;
}
