import type { Type } from '@nestjs/common';

/** Knows the bodies that this application adds fields to. */
export abstract class ExtendedBodies {
  /** @returns the class that a body is held against: with the added fields, or as it is */
  abstract of(body: Type): Type;
}
