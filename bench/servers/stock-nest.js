// NestJS as its own tutorial has it: Express, JwtModule with a string secret, passport-jwt. Decorators applied by hand,
// since this file is not compiled.
import 'reflect-metadata';
import { Controller, Get, Inject, Injectable, Module, Request, UseGuards } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { JwtModule, JwtService } from '@nestjs/jwt';
import { AuthGuard, PassportModule, PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, Strategy } from 'passport-jwt';

const SECRET = 'a string secret of the length that tutorials use, or longer';

class JwtStrategy extends PassportStrategy(Strategy) {
  constructor() {
    super({
      jwtFromRequest: ExtractJwt.fromAuthHeaderAsBearerToken(),
      ignoreExpiration: false,
      secretOrKey: SECRET,
    });
  }

  /** @param {{ sub: string, username: string }} payload */
  validate(payload) {
    return { userId: payload.sub, username: payload.username };
  }
}
Injectable()(JwtStrategy);

class AppController {
  /** @param {JwtService} jwt */
  constructor(jwt) {
    this.jwt = jwt;
  }

  login() {
    return { access_token: this.jwt.sign({ sub: '1', username: 'ada' }) };
  }

  /** @param {{ user: unknown }} request */
  profile(request) {
    return request.user;
  }
}
Inject(JwtService)(AppController, undefined, 0);
decorate('login', Get('login'));
decorate('profile', Get('profile'), UseGuards(AuthGuard('jwt')));
Request()(AppController.prototype, 'profile', 0);
Controller()(AppController);

/** @param {'login' | 'profile'} method @param {...MethodDecorator} decorators */
function decorate(method, ...decorators) {
  const descriptor = Object.getOwnPropertyDescriptor(AppController.prototype, method);
  for (const decorator of decorators)
    decorator(AppController.prototype, method, /** @type {any} */ (descriptor));
}

class AppModule {}
Module({
  imports: [PassportModule, JwtModule.register({ secret: SECRET, signOptions: { expiresIn: '1h' } })],
  controllers: [AppController],
  providers: [JwtStrategy],
})(AppModule);

const app = await NestFactory.create(AppModule, { logger: false });
await app.listen(0, '127.0.0.1');
process.stdout.write(`ready ${await app.getUrl()}\n`);
