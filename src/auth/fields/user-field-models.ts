import type { Type } from '@nestjs/common';

/** Where a team's own fields belong in a body or an answer. */
export type UserFieldsPlace =
  /** A user makes an account. */
  | 'registration'
  /** A user finishes what they, or an administrator, began. */
  | 'completion'
  /** Users change what they may write. */
  | 'profile'
  /** An administrator offers an account. */
  | 'invitation'
  /** An administrator changes what there is. */
  | 'administration'
  /** A user is told. */
  | 'answer';

const PLACES = new Map<Type, UserFieldsPlace>();

/** A body or an answer that also holds a team's own fields, if there are any. */
export function WithUserFields(place: UserFieldsPlace): (model: Type) => void {
  return (model) => void PLACES.set(model, place);
}

/** Every model that does. */
export function modelsWithUserFields(): ReadonlyMap<Type, UserFieldsPlace> {
  return PLACES;
}
