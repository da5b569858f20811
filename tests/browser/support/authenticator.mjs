// An authenticator app: RFC 6238 with SHA-1, six digits, 30 seconds; and a camera that reads QR codes from a page.
import { createHmac } from 'node:crypto';
import jsqr from 'jsqr';
import { PNG } from 'pngjs';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;

/** Codes for a secret, each once: a server takes a code only once, so the next call gives the next step's code. */
export class Authenticator {
  #secret;
  #last = 0;

  constructor(secret, server) {
    this.#secret = fromBase32(secret);
    this.server = server;
  }

  /** A code that was not given before. Moves the server's clock when its tolerance of one step is used up. */
  async code() {
    let current = Math.floor(this.server.now() / STEP_MS);
    const step = Math.max(current, this.#last + 1);
    while (step > current + 1) {
      await this.server.advance(30);
      current += 1;
    }
    this.#last = step;
    return totp(this.#secret, step);
  }

  /** A code the server must refuse: one digit off the right one. */
  async wrongCode() {
    const right = totp(this.#secret, Math.floor(this.server.now() / STEP_MS));
    return right.replace(/.$/, (digit) => String((Number(digit) + 5) % 10));
  }
}

export function totp(secret, step) {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const hash = createHmac('sha1', secret).update(counter).digest();
  const offset = hash[19] & 15;
  return String((hash.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}

export function fromBase32(text) {
  let bits = '';
  for (const letter of text.replace(/[\s=]/g, '').toUpperCase()) {
    bits += ALPHABET.indexOf(letter).toString(2).padStart(5, '0');
  }
  return Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
}

/** Reads the QR code an element shows, from its pixels, as a phone would. */
export async function readQr(element) {
  await element.scrollIntoViewIfNeeded();
  const { width, height, data } = PNG.sync.read(await element.screenshot());
  const read = jsqr.default ?? jsqr;
  const code = read(new Uint8ClampedArray(data), width, height);
  if (!code) throw new Error('no QR code can be read there');
  return new URL(code.data);
}

/** The text key a set-up page shows beside the QR code, without the blanks between its groups. */
export async function readKey(page) {
  const text = await page.locator('body').innerText();
  const key = /(?:[A-Z2-7]{4}[ \u00a0]?){4,}[A-Z2-7]{0,4}/.exec(text)?.[0];
  if (!key) throw new Error(`no text key on the page:\n${text}`);
  return key.replace(/\s/g, '');
}
