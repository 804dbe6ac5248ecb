#!/usr/bin/env node
// Silences the gRPC library, whose errors the command reports itself. The library reads this when it is loaded.
process.env.GRPC_VERBOSITY ??= 'NONE';
// The stack traces then name the files in `src`. Not always, because reading the maps takes time.
if (process.argv.includes('--debug')) process.setSourceMapsEnabled(true);

const { main } = await import('../dist/bundle/main.js');

await main(process.argv, async () => await import('../dist/cli/main.js'));
