export { parsePublicUrl } from './config/public-url.ts';
export { type ExitCode, start } from './main.ts';
export { operate } from './operate.ts';
