import { expect, it } from 'vitest';
import { describeType } from './file-type';

it.each([
  ['image/png', 'PNG image'],
  ['image/svg+xml', 'SVG image'],
  ['video/x-matroska', 'MATROSKA video'],
  ['text/plain; charset=utf-8', 'Text'],
  ['APPLICATION/PDF', 'PDF document'],
  ['application/x-unknown', 'application/x-unknown'],
  ['text/', 'text/'],
  ['', ''],
])('%s reads %s', (type, name) => {
  expect(describeType(type)).toBe(name);
});
