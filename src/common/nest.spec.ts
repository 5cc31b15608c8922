import { expect, it } from '@jest/globals';
import * as common from '@nestjs/common';
import * as core from '@nestjs/core';
import * as narrow from './nest.js';

it.each(Object.entries(narrow))('is of Nest itself: %s', (name, value) => {
  const whole: Readonly<Record<string, unknown>> = { ...common, ...core };
  expect(value).toBe(whole[name]);
});
