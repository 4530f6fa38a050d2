#!/usr/bin/env node
import { runProgram } from './program.ts';

process.exitCode = await runProgram(process.argv, {
  print: (line) => process.stdout.write(`${line}\n`),
  tell: (line) => process.stderr.write(`claviger: ${line}\n`),
  input: process.stdin,
  environment: process.env,
});
