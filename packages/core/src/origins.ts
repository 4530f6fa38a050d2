/** Whether a text is a web origin as browsers send it: scheme, host, and a port only when it is not the scheme's own. */
export function isWebOrigin(text: string): boolean {
  const match = /^(https?):\/\/([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::([1-9]\d{0,4}))?$/.exec(text);
  if (match === null) return false;
  const [, scheme, , port] = match;
  if (port === undefined) return true;
  return Number(port) <= 65_535 && port !== (scheme === 'http' ? '80' : '443');
}
