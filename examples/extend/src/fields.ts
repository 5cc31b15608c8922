import { UserFields } from 'latchkey';
import { MemberFields } from './member-fields.js';

export const FIELDS = UserFields.of(MemberFields);
