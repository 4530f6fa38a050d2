import { Secret } from '@claviger/core';

/** The settings of one start, as text, with every mistake collected on the way. */
export type Settings = {
  /** The text of a setting; null when it is absent or empty. */
  text(name: string): string | null;
  /** A secret setting, given itself or as `<name>_FILE`. */
  secret(name: string): Secret | null;
  /** Parses a setting, or takes `fallback`; what cannot be parsed becomes a mistake with the rule that it breaks. */
  parsed<T, F>(name: string, rule: string, parts: { parse(text: string): T | null; readonly fallback: F }): T | F;
  mistake(text: string): void;
  readonly mistakes: readonly string[];
};

/** Where settings come from. `readFile` throws when there is nothing to read. */
export type SettingSources = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readFile(path: string): string;
};

/** Reads settings, collecting mistakes instead of stopping at the first one. */
export function readSettings(sources: SettingSources): Settings {
  const mistakes: string[] = [];
  const text = (name: string): string | null => {
    const value = sources.env[name];
    return value === undefined || value === '' ? null : value;
  };
  return {
    text,
    secret: (name) => readSecret({ sources, text, mistakes }, name),
    parsed: (name, rule, parts) => {
      const given = text(name);
      if (given === null) return parts.fallback;
      const parsed = parts.parse(given);
      if (parsed !== null) return parsed;
      mistakes.push(`${name} is "${given}", but must be ${rule}`);
      return parts.fallback;
    },
    mistake: (entry) => void mistakes.push(entry),
    mistakes,
  };
}

type SecretReading = {
  readonly sources: SettingSources;
  readonly mistakes: string[];
  text(name: string): string | null;
};

/** A secret's value never enters a mistake: mistakes are printed. */
function readSecret(reading: SecretReading, name: string): Secret | null {
  const direct = reading.text(name);
  const path = reading.text(`${name}_FILE`);
  if (direct !== null && path !== null) {
    reading.mistakes.push(`${name} and ${name}_FILE are both set: keep one of them`);
    return null;
  }
  if (path === null) return direct === null ? null : new Secret(direct);
  try {
    const content = reading.sources.readFile(path).replace(/\r?\n$/, '');
    if (content !== '') return new Secret(content);
    reading.mistakes.push(`${name}_FILE names ${path}, which is empty`);
  } catch (fault) {
    reading.mistakes.push(`${name}_FILE names ${path}, which cannot be read (${codeOf(fault)})`);
  }
  return null;
}

function codeOf(fault: unknown): string {
  return fault instanceof Error && 'code' in fault ? String(fault.code) : 'unreadable';
}
