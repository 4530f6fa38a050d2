export type { Answered, CallArguments, CallInput, CallResult, Refused, Sending } from './call.ts';
export { type Client, type ClientCredential, type ClientSettings, createClient } from './client.ts';
export { UnexpectedAnswer } from './unexpected-answer.ts';
