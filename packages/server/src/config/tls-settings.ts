import type { Settings } from './settings.ts';

/** The files with which the listeners speak TLS. They are names, not contents: both are read again while the server runs. */
export type TlsFiles = {
  /** PEM: the server's certificate first, then what leads to the authority. */
  readonly certFile: string;
  /** PEM: the private key of the first certificate, without a passphrase. */
  readonly keyFile: string;
};

/** Reads `CLAVIGER_TLS_CERT` and `CLAVIGER_TLS_KEY`; null when neither is set. */
export function readTlsFiles(settings: Settings): TlsFiles | null {
  const certFile = settings.text('CLAVIGER_TLS_CERT');
  const keyFile = settings.text('CLAVIGER_TLS_KEY');
  if (certFile !== null && keyFile !== null) return { certFile, keyFile };
  if (certFile !== null)
    settings.mistake('CLAVIGER_TLS_CERT is set without CLAVIGER_TLS_KEY: name the file of its key');
  if (keyFile !== null)
    settings.mistake('CLAVIGER_TLS_KEY is set without CLAVIGER_TLS_CERT: name the file of its certificate');
  return null;
}
