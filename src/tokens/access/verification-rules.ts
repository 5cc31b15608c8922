/** What an access token must say to be good. */
export abstract class VerificationRules {
  /** `iss`, to the letter. */
  abstract readonly issuer: string;
  /** `aud`, to the letter. */
  abstract readonly audience: string;
  /** How long after its `iat` a token is over, whatever its `exp`; milliseconds. */
  abstract readonly maxTokenAge: number;
  /** How far ahead of this clock `nbf` and `iat` may be; milliseconds. */
  abstract readonly clockLeeway: number;
}
