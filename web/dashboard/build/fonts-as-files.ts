import type { Plugin } from 'vite';

const EMBEDDED_FONT = /url\((["']?)data:font\/(woff2?);(?:charset=[^;]+;)?base64,([A-Za-z0-9+/=]+)\1\)/g;

/**
 * Writes the fonts that Cloudscape embeds in its CSS as files of their own: the style sheet gets small, a browser
 * fetches only the weights and alphabets a page shows, and the CSP needs no `font-src data:`.
 */
export function fontsAsFiles(): Plugin {
  return {
    name: 'fonts-as-files',
    apply: 'build',
    generateBundle(_options, bundle) {
      for (const output of Object.values(bundle)) {
        if (output.type !== 'asset' || !output.fileName.endsWith('.css')) continue;
        output.source = String(output.source).replace(EMBEDDED_FONT, (_all, _quote, kind, base64) => {
          const reference = this.emitFile({
            type: 'asset',
            name: `font.${kind}`,
            source: Buffer.from(base64, 'base64'),
          });
          return `url(/${this.getFileName(reference)})`;
        });
      }
    },
  };
}
