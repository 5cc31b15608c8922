/**
 * Names of claims and header parameters that mean something already: RFC 7519, RFC 9068, OpenID Connect Core, and what else
 * IANA's registry of JSON Web Token claims names that authorization reads.
 */
const REGISTERED: ReadonlySet<string> = new Set(
  (
    'iss sub aud exp nbf iat jti sid client_id roles scope scp groups entitlements ' +
    'alg typ kid cty crit jku jwk x5u x5c cnf act may_act authorization_details ' +
    'auth_time acr amr azp nonce at_hash c_hash s_hash sub_jwk sub_id events toe txn ' +
    'name given_name family_name middle_name nickname preferred_username profile picture website email email_verified ' +
    'gender birthdate zoneinfo locale phone_number phone_number_verified address updated_at ' +
    'vc vp status trust_chain token_introspection orig dest attest rsid sip_from_tag __proto__'
  ).split(' '),
);

/** Whether a claim of that name is not a team's to give. */
export function isRegisteredClaim(name: string): boolean {
  return REGISTERED.has(name);
}
