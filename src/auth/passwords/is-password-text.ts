import { IsSecretText } from '../../common/validation/text.js';
import { opaqueString } from './opaque-string.js';
import { PASSWORD_MAX_LENGTH } from './password-policy.js';

/** A password, chosen before or now: its length is that of what is hashed, however the system that it is typed on composes letters. */
export function IsPasswordText(): PropertyDecorator {
  return IsSecretText(PASSWORD_MAX_LENGTH, opaqueString);
}
