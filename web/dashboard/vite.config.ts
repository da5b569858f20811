import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';
import { fontsAsFiles } from './build/fonts-as-files.ts';

// Every file but index.html carries its hash in its name, so that the server may let browsers keep it for ever.
// Nothing is inlined as `data:`: the page then runs under `font-src 'self'` and `img-src 'self'` too.
export default defineConfig({
  plugins: [react(), fontsAsFiles()],
  build: {
    outDir: 'dist',
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1500,
  },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
});
