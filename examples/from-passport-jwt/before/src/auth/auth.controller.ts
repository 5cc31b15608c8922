import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { AuthService } from './auth.service.js';

@Controller('auth')
export class AuthController {
  constructor(private readonly auth: AuthService) {}

  @Post('login')
  @HttpCode(200)
  logIn(@Body() { email, password }: { email: string; password: string }): Promise<{ access_token: string }> {
    return this.auth.logIn(email, password);
  }
}
