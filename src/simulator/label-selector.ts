import { badRequest } from './errors.js';

type Test = (labels: Readonly<Record<string, string>>) => boolean;

/**
 * Kubernetes selectors over labels: `key`, `!key`, `key=value`, `key==value`, `key!=value`, `key in (a,b)`,
 * `key notin (a,b)`, joined by commas. The grammar is not documented (docs/api/pools-and-flavors.md "5.2 Filters").
 * Throws a 400 for a malformed selector.
 */
export function labelSelector(text: string | null): Test {
  if (text === null || text.trim() === '') return () => true;
  const tests = requirements(text).map(testOf);
  return (labels) => tests.every((test) => test(labels));
}

/** Splits at commas outside parentheses. */
function requirements(text: string): string[] {
  return text.split(/,(?![^(]*\))/).map((part) => part.trim());
}

const KEY = String.raw`([A-Za-z0-9](?:[\w./-]*[A-Za-z0-9])?)`;
const SET = new RegExp(`^${KEY}\\s+(in|notin)\\s*\\(([^()]*)\\)$`);
const EQUALITY = new RegExp(`^${KEY}\\s*(==|=|!=)\\s*([\\w.-]*)$`);
const EXISTENCE = new RegExp(`^(!?)\\s*${KEY}$`);

function testOf(requirement: string): Test {
  const set = SET.exec(requirement);
  if (set !== null) {
    const [, key = '', operator, list = ''] = set;
    const values = list.split(',').map((value) => value.trim());
    return operator === 'in'
      ? (labels) => labels[key] !== undefined && values.includes(labels[key])
      : (labels) => labels[key] === undefined || !values.includes(labels[key]);
  }
  const equality = EQUALITY.exec(requirement);
  if (equality !== null) {
    const [, key = '', operator, value = ''] = equality;
    return operator === '!=' ? (labels) => labels[key] !== value : (labels) => labels[key] === value;
  }
  const existence = EXISTENCE.exec(requirement);
  if (existence === null) throw badRequest(`labelSelector "${requirement}" cannot be read.`);
  const [, negated, key = ''] = existence;
  return (labels) => (labels[key] === undefined) === (negated === '!');
}
