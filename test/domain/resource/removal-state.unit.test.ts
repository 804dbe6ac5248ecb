import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Observation, ResourceFacts } from '../../../src/domain/resource/observation.js';
import type { RemovalVerdict } from '../../../src/domain/resource/removal.js';
import {
  afterRefused,
  afterSent,
  decideAfterObservation,
  type RemovalRules,
  type RemovalState,
  type RemovalStep,
  startOver,
  startRemoval,
  untilDecision,
} from '../../../src/domain/resource/removal-state.js';

const pace = { pollMinMs: 5_000, pollMaxMs: 30_000, pollWindowMs: 300_000, abnormalGraceMs: 300_000 };

/** Facts of a test resource: its state, and what the guard says of it. */
interface Facts extends ResourceFacts {
  readonly state: string;
  readonly verdict: RemovalVerdict['verdict'];
}

const facts = (state: string, verdict: Facts['verdict'] = 'allowed'): Facts => ({
  id: 'p-1',
  createdAt: '2026-01-01T00:00:00Z',
  description: '',
  state,
  verdict,
});

const verdicts: Readonly<Record<Facts['verdict'], RemovalVerdict>> = {
  allowed: { verdict: 'allowed' },
  foreign: { verdict: 'foreign' },
  undecided: { verdict: 'undecided', why: 'incomplete' },
  refused: { verdict: 'refused', type: 'Protected', why: 'kept', hint: null },
};

const rules: RemovalRules<Facts> = {
  judge: (seen) =>
    seen === null ? { condition: 'absent', why: 'none' } : { condition: 'pending', why: `still ${seen.state}` },
  guard: ({ verdict }) => verdicts[verdict],
  stateOf: ({ state }) => state,
  nextCommand: ({ state }, tries) => (state === 'B' ? 'wait' : tries % 2 === 0 ? 'delete' : 'stop'),
};

/** What the workflow may meet after a pause: an observation or none, and how the service takes a command. */
const turns = fc.array(
  fc.record({
    passed: fc.integer({ min: 1, max: 200_000 }),
    seen: fc.oneof(
      fc.constant('none' as const),
      fc.constant('absent' as const),
      fc.record({
        state: fc.constantFrom('A', 'B', 'C'),
        verdict: fc.constantFrom<Facts['verdict']>('allowed', 'allowed', 'allowed', 'foreign', 'undecided', 'refused'),
      }),
    ),
    isRetriedNow: fc.boolean(),
    mayAppear: fc.boolean(),
    outcome: fc.constantFrom('sent', 'refused', 'notSent'),
  }),
  { maxLength: 60 },
);

interface Turn {
  readonly before: RemovalState<Facts>;
  readonly after: RemovalState<Facts>;
  readonly observation: Observation<Facts> | null;
  readonly step: RemovalStep<Facts>;
  readonly now: number;
  readonly mayAppear: boolean;
  readonly isRetriedNow: boolean;
}

/** Removes like the workflow does, until the removal ends. */
function play(given: typeof turns extends fc.Arbitrary<infer T> ? T : never): Turn[] {
  const played: Turn[] = [];
  let state: RemovalState<Facts> = startRemoval(pace.pollMaxMs);
  let now = Date.UTC(2026, 0, 1);
  for (const { passed, seen, isRetriedNow, mayAppear, outcome } of given) {
    now += passed;
    const observation =
      seen === 'none' ? null : { at: now, facts: seen === 'absent' ? null : facts(seen.state, seen.verdict) };
    const before = state;
    const decided = decideAfterObservation(rules, before, observation, { now, pace, isRetriedNow, mayAppear });
    const { step } = decided;
    state = decided.state;
    if (step.act === 'send' && outcome === 'sent') state = afterSent(rules, state, step.facts, now);
    if (step.act === 'send' && outcome === 'notSent') state = startOver(state);
    if (step.act === 'send' && outcome === 'refused')
      state = afterRefused(rules, state, step.facts, { command: step.command, why: 'busy', now });
    played.push({ before, after: state, observation, step, now, mayAppear, isRetriedNow });
    if (['end', 'leave', 'refuse'].includes(step.act)) break;
  }
  return played;
}

describe('the removal of one resource, whatever the service shows', () => {
  test('sends a command only for a resource that the last observation allows to delete', () => {
    fc.assert(
      fc.property(turns, (given) => {
        let last: Facts | null = null;
        for (const { observation, step } of play(given)) {
          if (observation !== null) last = observation.facts;
          if (step.act === 'send') expect(last).toEqual({ ...step.facts, verdict: 'allowed' });
        }
      }),
    );
  });

  test('ends only after two observations of absence in a row that are pollMin apart', () => {
    fc.assert(
      fc.property(turns, (given) => {
        let absentSince: number | null = null;
        for (const { observation, step, mayAppear } of play(given)) {
          if (observation !== null) absentSince = observation.facts === null ? (absentSince ?? observation.at) : null;
          if (step.act !== 'end') continue;
          expect(observation).toMatchObject({ facts: null });
          expect((observation?.at ?? 0) - (absentSince ?? Number.NaN)).toBeGreaterThanOrEqual(pace.pollMinMs);
          expect(mayAppear).toBe(false);
        }
      }),
    );
  });

  test('leaves a foreign resource only after a second observation of it, and sends nothing for it', () => {
    fc.assert(
      fc.property(turns, (given) => {
        let foreign = 0;
        for (const { observation, step } of play(given)) {
          if (observation?.facts?.verdict === 'allowed') foreign = 0;
          if (observation?.facts?.verdict === 'foreign') foreign += 1;
          if (step.act === 'leave') expect(foreign).toBeGreaterThanOrEqual(2);
        }
      }),
    );
  });

  test('repeats a command in the same state only when it is due, or when an operator asks', () => {
    fc.assert(
      fc.property(turns, (given) => {
        for (const { before, step, now, isRetriedNow } of play(given)) {
          if (step.act !== 'send' || isRetriedNow || before.last.state !== step.facts.state) continue;
          expect(now - before.last.at).toBeGreaterThanOrEqual(pace.pollMaxMs);
        }
      }),
    );
  });

  test('always has a limit for the next wait', () => {
    fc.assert(
      fc.property(turns, (given) => {
        for (const { after, now } of play(given)) {
          expect(untilDecision(after, now)).toBeGreaterThan(0);
          expect(untilDecision(after, now)).toBeLessThanOrEqual(8 * 32 * pace.pollMaxMs);
        }
      }),
    );
  });

  test('keeps a state that survives JSON', () => {
    fc.assert(
      fc.property(turns, (given) => {
        for (const { after } of play(given)) expect(JSON.parse(JSON.stringify(after))).toEqual(after);
      }),
    );
  });
});

test('an absence while the result of an unanswered create may appear does not end the removal', () => {
  const moment = { now: 10_000, pace, isRetriedNow: false, mayAppear: true };
  const first = decideAfterObservation(rules, startRemoval(pace.pollMaxMs), { at: 1_000, facts: null }, moment);
  const second = decideAfterObservation(rules, first.state, { at: 10_000, facts: null }, moment);
  expect([first.step.act, second.step.act]).toEqual(['wait', 'awaitConsistency']);
});

test('a refusal is shown until the state of the resource changes', () => {
  const moment = (now: number) => ({ now, pace, isRetriedNow: false, mayAppear: false });
  const first = decideAfterObservation(rules, startRemoval(30_000), { at: 1, facts: facts('A') }, moment(1));
  const refused = { command: 'delete', why: 'busy', now: 2 } as const;
  // The first refusal makes the other command due at once, the second one does not.
  const once = afterRefused(rules, first.state, facts('A'), refused);
  const twice = afterRefused(rules, once, facts('A'), { ...refused, command: 'stop' });
  const shown = decideAfterObservation(rules, twice, { at: 3, facts: facts('A') }, moment(3));
  expect(shown.step).toEqual({ act: 'letChange', facts: facts('A'), why: 'still A; refused: busy' });
  const changed = decideAfterObservation(rules, twice, { at: 4, facts: facts('B') }, moment(4));
  expect(changed.step).toMatchObject({ act: 'letChange', why: 'still B' });
});
