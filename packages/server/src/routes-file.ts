import { readFileSync } from 'node:fs';
import { ok, refuse, type Result } from '@claviger/core';
import { NO_ROUTE_RULES, parseRouteFile, type RouteRules } from '@claviger/gateway';
import { type StartRefusal, wrongSetting } from './start-refusal.ts';

/** Reads the file of route rules that `CLAVIGER_ROUTES` names (D9); without one, forward auth refuses everything. */
export function readRoutes(path: string | null): Result<RouteRules, StartRefusal> {
  if (path === null) return ok(NO_ROUTE_RULES);
  const text = readText(path);
  if (text === null) return refuse(wrongSetting(`CLAVIGER_ROUTES names ${path}, which cannot be read`));
  const rules = parseRouteFile(text);
  if (rules.ok) return rules;
  const mistakes = rules.refusal.map(({ pointer, detail }) => `${pointer === '' ? 'the file' : pointer} ${detail}`);
  return refuse(wrongSetting(`${path}: ${mistakes.join('; ')}`));
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Absent, a folder, or not ours to read: the caller names the setting.
    return null;
  }
}
