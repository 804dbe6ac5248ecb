import { tsImport } from 'tsx/esm/api';

/** Jest does not apply its own transform's file names here, so the TypeScript of the set-up is loaded by tsx. */
export default async function globalSetup() {
  const { startShared } = await tsImport('./shared-server.ts', import.meta.url);
  globalThis.modelartsOpsStopShared = await startShared();
}
