// What a person does on the managed login pages. Fields are found by their names, buttons by the form they belong to.
import assert from 'node:assert/strict';

export const PASSWORD = 'Correct-horse-9-battery';

let people = 0;

/** An address nobody had before. */
export function newAddress(who = 'person') {
  people += 1;
  return `${who}.${process.pid}.${people}@example.com`;
}

export class LoginPages {
  constructor(page) {
    this.page = page;
  }

  field(name) {
    return this.page.locator(`input[name="${name}"]:not([type=hidden])`);
  }

  /** Presses the button of the form in which a field stands. */
  async submit(fieldName) {
    const form = this.page.locator('form', { has: this.field(fieldName) });
    await form.locator('button[type=submit], button:not([type]), input[type=submit]').first().click();
  }

  async signIn(username, password) {
    await this.field('username').fill(username);
    await this.field('password').fill(password);
    await this.submit('password');
  }

  async openSignUp() {
    await this.page.getByRole('link', { name: /sign up|create (an |your )?account/i }).first().click();
    await this.page.locator('input[type=password]').first().waitFor();
  }

  async signUp(email, password) {
    await this.field('email').fill(email);
    await this.fillPasswords(password);
    await this.submit('email');
    await this.field('code').waitFor();
  }

  async giveCode(code) {
    await this.field('code').fill(code);
    await this.submit('code');
  }

  /** The same password into every box that asks for one. */
  async fillPasswords(password) {
    for (const box of await this.page.locator('input[type=password]').all()) await box.fill(password);
  }

  async openForgotPassword() {
    await this.page.getByRole('link', { name: /forgot/i }).first().click();
    await this.page.waitForURL(/forgotPassword/);
  }

  async askForReset(username) {
    await this.field('username').fill(username);
    await this.submit('username');
    await this.field('code').waitFor();
  }

  async reset(code, password) {
    await this.field('code').fill(code);
    await this.fillPasswords(password);
    await this.submit('code');
  }

  /** The message a page shows after a mistake. */
  async problem() {
    const alert = this.page.getByRole('alert').filter({ hasText: /\S/ }).first();
    await alert.waitFor();
    return alert.innerText();
  }

  async expectProblem(pattern) {
    assert.match(await this.problem(), pattern);
  }
}
