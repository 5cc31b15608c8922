import { Injectable, UnauthorizedException } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { compare } from 'bcryptjs';
import { UsersService } from '../users/users.service.js';

@Injectable()
export class AuthService {
  constructor(
    private readonly users: UsersService,
    private readonly jwt: JwtService,
  ) {}

  async logIn(email: string, password: string): Promise<{ access_token: string }> {
    const user = this.users.findOne(email);
    if (!user || !(await compare(password, user.passwordHash))) throw new UnauthorizedException();
    return { access_token: await this.jwt.signAsync({ sub: user.userId, username: user.email }) };
  }
}
