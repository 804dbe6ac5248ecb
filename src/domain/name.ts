/** The form of a name of an environment, pool or notebook. The spec has the full rules. */
export function isName(name: unknown): name is string {
  return typeof name === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(name);
}
