import type { IpRange } from '@claviger/core';
import type { Verifier } from '@claviger/verifier';
import type { DecisionClock } from '../clock.ts';
import type { CommandDeps } from '../commands/deps.ts';
import type { PublicUrl } from '../config/public-url.ts';
import type { Log } from '../logs.ts';
import type { Sealer } from '../sealing.ts';
import type { SetupLink } from '../setup-link.ts';
import type { NewServer } from '../tls/served-certificate.ts';
import type { Throttles } from './throttles.ts';

/** What the HTTP side of the control plane is given. */
export type HttpDeps = {
  readonly commands: CommandDeps;
  readonly verifier: Pick<Verifier, 'decide' | 'position'>;
  readonly clock: Pick<DecisionClock, 'now' | 'storable' | 'after'>;
  readonly sealer: Pick<Sealer, 'macs'>;
  readonly log: Log;
  /** Makes the listener's server: plain, or by TLS. */
  readonly newServer: NewServer;
  readonly trustedProxies: readonly IpRange[];
  readonly throttles: Throttles;
  /** Known once the listener has its port. */
  publicUrl(): PublicUrl;
  setupLink(): SetupLink;
  /** Told when set-up is done: the link is of no more use. */
  onSetUp(): void;
  /** What keeps this listener from doing its work; empty when it is ready (D14). */
  notReady(): Promise<readonly string[]>;
};
