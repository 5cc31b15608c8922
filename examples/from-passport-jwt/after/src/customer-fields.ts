import { IsInt, IsOptional } from 'class-validator';
import { UserField } from 'latchkey';

/** The id that the tables of the application know a user by. */
export class CustomerFields {
  @UserField({ write: 'admin' })
  @IsOptional()
  @IsInt()
  customer?: number | null;
}
