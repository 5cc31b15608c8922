import { WithUserFields } from '../../auth/fields/user-field-models.js';

/** Nothing but a team's own fields. */
@WithUserFields('administration')
export class UpdateUserFieldsDto {}

/** Nothing but a team's own fields. */
@WithUserFields('answer')
export class UserFieldsModel {}
