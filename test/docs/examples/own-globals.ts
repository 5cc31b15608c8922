import {
  type ArgumentMetadata,
  Body,
  Catch,
  Controller,
  Get,
  HttpException,
  Injectable,
  type Provider,
  Post,
  UseGuards,
  ValidationPipe,
} from '@nestjs/common';
import { APP_FILTER, APP_PIPE, BaseExceptionFilter } from '@nestjs/core';
import { IsString } from 'class-validator';
import {
  CurrentUser,
  isOfLatchkey,
  type LatchkeyComposition,
  LatchkeyGuard,
  ProblemDetailsFilter,
  Roles,
} from 'latchkey';

export const leftToUs: LatchkeyComposition = { globalGuards: false, globalFilter: false, globalPipe: false };

@Injectable()
class OurPipe extends ValidationPipe {
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    return isOfLatchkey(metadata.metatype) ? Promise.resolve(value) : super.transform(value, metadata);
  }
}

@Catch(HttpException)
class OurFilter extends BaseExceptionFilter {}

/** Among the providers of a module of yours. */
export const ourGlobals: Provider[] = [
  { provide: APP_PIPE, useClass: OurPipe },
  // What LatchkeyGuard and services of Latchkey's throw: Nest would answer 500. The last filter is asked first.
  { provide: APP_FILTER, useExisting: ProblemDetailsFilter },
  { provide: APP_FILTER, useClass: OurFilter },
];

class ShelfDto {
  @IsString()
  name!: string;
}

@Controller('shelves')
export class ShelvesController {
  @Get() // no guard of Latchkey's is before it
  all() {
    return [];
  }

  @Post()
  @UseGuards(LatchkeyGuard)
  @Roles('admin')
  add(@Body() { name }: ShelfDto, @CurrentUser('subject') administrator: string) {
    return { name, by: administrator };
  }
}
