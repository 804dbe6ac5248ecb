#!/usr/bin/env node
// Silences the gRPC library, whose errors the command reports itself. The library reads this when it is loaded.
process.env.GRPC_VERBOSITY ??= 'NONE';

const { main } = await import('../dist/cli/main.js');

await main(process.argv);
