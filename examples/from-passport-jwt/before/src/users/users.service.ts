import { Injectable } from '@nestjs/common';

export interface User {
  readonly userId: number;
  readonly email: string;
  readonly passwordHash: string;
}

@Injectable()
export class UsersService {
  /** In a real application a table. The hash is bcrypt's. */
  readonly users: readonly User[] = [
    {
      userId: 1,
      email: 'john@example.com',
      passwordHash: '$2b$10$cLftsjaDk80/L05K3Cq70e8WVbNNCH8Lzsggb1HnZ2130SKWYAHTm',
    },
  ];

  findOne(email: string): User | undefined {
    return this.users.find((user) => user.email === email);
  }
}
