import { checkCustomClaims, type CustomClaims, customClaimsOf } from '../../tokens/access/custom-claims.js';

const SUBJECT = /^[\x21-\x7e]{1,255}$/;

/** @throws TypeError if no token could have such a subject */
export function checkSubject(subject: unknown): string {
  if (typeof subject !== 'string' || !SUBJECT.test(subject)) throw new TypeError('it gave no subject');
  return subject;
}

/** Of roles or scopes: a frozen copy. @throws TypeError if they are no texts */
export function checkNames(names: unknown): readonly string[] {
  if (!Array.isArray(names) || !names.every((name) => typeof name === 'string' && name !== ''))
    throw new TypeError('it gave roles or scopes that are no texts');
  return Object.freeze([...(names as string[])]);
}

/** A copy, frozen all the way down. @throws CustomClaimsError */
export function checkClaims(claims: CustomClaims = {}): CustomClaims {
  return customClaimsOf(structuredClone(checkCustomClaims(claims)));
}
