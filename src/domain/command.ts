/** Whether a command says by whom and why. Raw JSON may hold anything. */
export function isSigned(command: { readonly by?: unknown; readonly reason?: unknown } | null | undefined): boolean {
  return isText(command?.by) && isText(command?.reason);
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.trim() !== '';
}

/** Makes one line of several, as for a reason that is shown in one. */
export function oneLine(text: string): string {
  return text.trim().replaceAll(':\n', ': ').replaceAll('\n', '; ');
}
