/** What an access token must say to be good. */
export abstract class VerificationRules {
  /** `iss`, to the letter. */
  abstract readonly issuer: string;
  /** `aud`, to the letter. */
  abstract readonly audience: string;
  /** How long after its `iat` a token is over, whatever its `exp`; milliseconds. */
  abstract readonly maxTokenAge: number;
  /** Where clients reach this service: what DPoP proofs are for lies below it. Undefined: no proof is taken. */
  abstract readonly publicUrl: string | undefined;
  /** How far ahead of this clock `nbf` and `iat` may be; milliseconds. */
  abstract readonly clockLeeway: number;
}
