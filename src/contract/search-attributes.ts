import { defineSearchAttributeKey, SearchAttributeType } from '@temporalio/common';

/** Name of the environment, pool or notebook that an operation works on. */
export const environmentAttribute = defineSearchAttributeKey('MaopsEnvironment', SearchAttributeType.KEYWORD);
export const phaseAttribute = defineSearchAttributeKey('MaopsPhase', SearchAttributeType.KEYWORD);
/** Id of the pool that an operation created or adopted. */
export const poolAttribute = defineSearchAttributeKey('MaopsPool', SearchAttributeType.KEYWORD);
/** True while a removal takes longer than `deadlines.undo`. */
export const overdueAttribute = defineSearchAttributeKey('MaopsOverdue', SearchAttributeType.BOOL);
export const leaseEndsAtAttribute = defineSearchAttributeKey('MaopsLeaseEndsAt', SearchAttributeType.DATETIME);
