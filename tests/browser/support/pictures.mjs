// Files to upload: a PNG that a browser can show, and bytes of any length.
import { PNG } from 'pngjs';

export function picture(name = 'roof.png', width = 320, height = 200) {
  const png = new PNG({ width, height });
  for (let at = 0; at < width * height; at += 1) {
    png.data.set([(at % width) % 256, Math.floor(at / width) % 256, 160, 255], at * 4);
  }
  return { name, mimeType: 'image/png', buffer: PNG.sync.write(png) };
}

export function bytes(name, length, mimeType = 'application/octet-stream') {
  return { name, mimeType, buffer: Buffer.alloc(length, 7) };
}
