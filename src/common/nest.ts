/**
 * What a resource server needs of Nest when it is imported, from the files that have it. `@nestjs/common` and `@nestjs/core` as a whole are
 * 370 modules, and two thirds of the time that importing would take; an application loads them anyway, a script or a function may not.
 * The classes are the same ones: Nest's own `exports` has these files.
 */
import 'reflect-metadata';

export { Catch } from '@nestjs/common/decorators/core/catch.decorator.js';
export { Injectable } from '@nestjs/common/decorators/core/injectable.decorator.js';
export { SetMetadata } from '@nestjs/common/decorators/core/set-metadata.decorator.js';
export { createParamDecorator } from '@nestjs/common/decorators/http/create-route-param-metadata.decorator.js';
export { Global } from '@nestjs/common/decorators/modules/global.decorator.js';
export { Module } from '@nestjs/common/decorators/modules/module.decorator.js';
export { ForbiddenException } from '@nestjs/common/exceptions/forbidden.exception.js';
export { HttpException } from '@nestjs/common/exceptions/http.exception.js';
export { Logger } from '@nestjs/common/services/logger.service.js';
export { APP_FILTER, APP_GUARD, APP_INTERCEPTOR } from '@nestjs/core/constants.js';
export { HttpAdapterHost } from '@nestjs/core/helpers/http-adapter-host.js';
export { ModulesContainer } from '@nestjs/core/injector/modules-container.js';
export { MetadataScanner } from '@nestjs/core/metadata-scanner.js';
