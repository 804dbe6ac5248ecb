#!/usr/bin/env node
// What the gRPC library has to say of a connection, the command says in its own words; the library reads this when it is loaded.
process.env.GRPC_VERBOSITY ??= 'NONE';

const { main } = await import('../dist/cli/main.js');

await main(process.argv);
