import { changesBetween } from '@claviger/core';

/** Whether an edit would change anything: what is already so is neither written nor an event. */
export function isChanging<Edit extends Readonly<Record<string, unknown>>>(
  current: Readonly<Record<keyof Edit, unknown>>,
  edit: Edit,
): boolean {
  return changesBetween(current, edit).length > 0;
}
