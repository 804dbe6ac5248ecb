import type { ConnectionLike } from '@temporalio/client';

/** The part of a namespace's UUID that goes into markers. */
const idLength = 6;

/**
 * The installation's id: `override` (from `MAOPS_INSTALLATION`), else the first 6 hex digits of the namespace's UUID.
 */
export async function readInstallation(
  connection: ConnectionLike,
  namespace: string,
  override?: string | null,
): Promise<string> {
  if (override) return override;
  const { namespaceInfo } = await connection.workflowService.describeNamespace({ namespace });
  const id =
    namespaceInfo?.id
      ?.toLowerCase()
      .replaceAll(/[^0-9a-f]/g, '')
      .slice(0, idLength) ?? '';
  if (id.length < idLength) {
    throw new Error(
      `namespace ${namespace} has no UUID to make an installation id of: set MAOPS_INSTALLATION to 6 hex digits of your choice`,
    );
  }
  return id;
}
