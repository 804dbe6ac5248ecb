import { type ApiError, currentNotebookError } from '../errors.js';

/** 6400: the request is not valid. */
export function invalid(detail: string): ApiError {
  return currentNotebookError('6400', `Invalid payload: ${detail}`);
}

/** 6404 with HTTP 400: a notebook, image or storage does not exist. */
export function notFound(what: string): ApiError {
  return currentNotebookError('6404', `The ${what} does not exist.`);
}

/** 6357: another operation is in progress, or the instance is already in the target state. */
export function busy(): ApiError {
  return currentNotebookError(
    '6357',
    'The operation is not allowed because another operation is being performed on the instance or the instance is in the target state.',
  );
}

/** 6347: not in this state. */
export function wrongState(status: string): ApiError {
  return currentNotebookError('6347', `The operation is not allowed in the ${status} state.`);
}

/** 6326: the account is in arrears. */
export function inArrears(): ApiError {
  return currentNotebookError('6326', 'The account is in arrears. Top up the account and try again.');
}

/** 6716: the flavor is sold out. */
export function soldOut(): ApiError {
  return currentNotebookError('6716', 'The flavor is sold out. Try another one.');
}
