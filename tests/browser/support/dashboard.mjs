// What a person does on the dashboard's page.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';

export class Dashboard {
  constructor(page, url) {
    this.page = page;
    this.url = url;
  }

  async open() {
    await this.page.goto(this.url);
    await this.page.getByRole('heading', { name: 'Your files, behind a real sign-in.' }).waitFor();
  }

  button(name, options) {
    return this.page.getByRole('button', { name, ...options });
  }

  async toSignIn() {
    await this.button('Sign in', { exact: true }).click();
    await this.page.locator('input[name=username]:not([type=hidden])').waitFor();
  }

  async toSignUp() {
    await this.button('Create an account').click();
    await this.page.waitForURL(/\/signup/);
  }

  async ready() {
    await this.page.getByRole('heading', { name: 'Files', level: 1 }).waitFor();
    // A row that says "Loading" is not enough: the list must have come.
    await this.page.getByText('No files yet').or(this.button(/^Details of/)).first().waitFor();
  }

  async go(view) {
    await this.page.getByRole('link', { name: view, exact: true }).first().click();
    await this.page.getByRole('heading', { name: view, level: 1 }).waitFor();
  }

  async upload(...files) {
    await this.page.locator('input[type=file]').setInputFiles(files);
  }

  /** Drops a file as a mouse would: the browser's own drag events, made by hand. */
  async drop({ name, mimeType, buffer }) {
    const transfer = await this.page.evaluateHandle(
      ([fileName, type, bytes]) => {
        const data = new DataTransfer();
        data.items.add(new File([Uint8Array.from(bytes)], fileName, { type }));
        return data;
      },
      [name, mimeType, [...buffer]],
    );
    const zone = this.page.getByText('or drop them here');
    for (const type of ['dragenter', 'dragover', 'drop']) await zone.dispatchEvent(type, { dataTransfer: transfer });
  }

  row(fileName) {
    return this.page.getByRole('row').filter({ hasText: fileName });
  }

  async details(fileName) {
    await this.button(`Details of ${fileName}`).click();
    await this.button(`Download ${fileName}`).waitFor();
  }

  /** Saves the file whose details are open; answers its bytes. */
  async download(fileName) {
    const [download] = await Promise.all([
      this.page.waitForEvent('download'),
      this.button(`Download ${fileName}`).click(),
    ]);
    assert.equal(download.suggestedFilename(), fileName);
    return readFile(await download.path());
  }

  async signOut() {
    await this.button(/^Account/).click();
    await this.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await this.page.getByRole('heading', { name: 'Your files, behind a real sign-in.' }).waitFor();
  }
}
