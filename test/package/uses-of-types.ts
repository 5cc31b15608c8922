import type { PackedApplication } from './packed-application.js';

/** Of each kind of export. */
const USES = `
import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import {
  createApplication, CurrentUser, JwtAuthGuard, LatchkeyModule, loadConfig, PostgresAuditSink, type Principal, Roles,
  SessionsRepository, type User, UsersRepository,
} from 'latchkey';
import { createLatchkeyClient } from 'latchkey/client';
import { TestIssuer } from 'latchkey/testing';

@Controller('invoices')
class Invoices {
  @Get()
  @Roles('admin')
  list(@CurrentUser() caller: Principal): string {
    return caller.subject;
  }
}

@Module({ imports: [LatchkeyModule.forRoot({ config: loadConfig() })], controllers: [Invoices] })
export class Shop {}

export const application: Promise<INestApplication> = createApplication(loadConfig());
export const found = (users: UsersRepository): Promise<User | undefined> => users.findById('id');
export const values = [JwtAuthGuard, PostgresAuditSink, SessionsRepository, TestIssuer, createLatchkeyClient];
// @ts-expect-error -- types are there, and are not any
loadConfig().http.port.toUpperCase();
`;

/**
 * Compiles uses of the package's types, with the declarations of libraries checked, and writes nothing.
 * @param compiler one of `typescript.ts`
 * @param options of the compiler
 * @returns what it complains of; empty: of nothing
 * @throws Error with its complaints
 */
export function compileUses(
  application: PackedApplication,
  compiler: string,
  ...options: readonly string[]
): Promise<string> {
  application.write('types.mts', USES);
  return compileFile(application, compiler, 'types.mts', '--noEmit', '--skipLibCheck', 'false', ...options);
}

/** Compiles one file. @throws Error with what the compiler says */
export function compileFile(
  application: PackedApplication,
  compiler: string,
  file: string,
  ...options: readonly string[]
): Promise<string> {
  const decorators = ['--experimentalDecorators', '--emitDecoratorMetadata'];
  const strict = ['--strict', '--target', 'es2022', '--types', 'node'];
  return application.node(compiler, '--skipLibCheck', ...strict, ...decorators, ...options, file);
}
