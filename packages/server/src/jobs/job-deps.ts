import type { CommandDeps } from '../commands/deps.ts';
import type { Config } from '../config.ts';
import type { PublicUrl } from '../config/public-url.ts';
import type { Installation } from '../installation.ts';
import type { Log } from '../logs.ts';

/** What jobs are made of. */
export type JobDeps = {
  readonly config: Config;
  readonly installation: Installation;
  readonly commands: CommandDeps;
  readonly log: Log;
  readonly publicUrl: PublicUrl;
};
