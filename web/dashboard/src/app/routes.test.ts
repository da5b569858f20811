import { expect, it } from 'vitest';
import { viewOf } from './routes';

it('finds the view, and falls back to the files', () => {
  expect(viewOf('#/session')).toBe('session');
  expect(viewOf('#/security')).toBe('security');
  expect(viewOf('')).toBe('files');
  expect(viewOf('#/nowhere')).toBe('files');
});
