const PLACEHOLDER = '[secret]';

/**
 * A text that only its keeper may see: a key's text, a password, a token.
 * It prints as `[secret]` wherever it ends up (logs, JSON, templates, inspectors); `reveal()` is the one way out.
 */
export class Secret {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** The text itself. Every file that calls this is listed in SECURITY.md. */
  reveal(): string {
    return this.#text;
  }

  toString(): string {
    return PLACEHOLDER;
  }

  toJSON(): string {
    return PLACEHOLDER;
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return PLACEHOLDER;
  }
}
