import { existsSync } from 'node:fs';
import { PassThrough } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { Client, Connection } from '@temporalio/client';
import { commandEntries } from '../../src/cli/commands.js';
import { type DevPlace, runDev } from '../../src/dev/dev.js';
import { startStack } from '../../src/dev/stack.js';
import { createLogger } from '../../src/worker/logging.js';
import { temporalAddress } from '../support/temporal-server.js';
import { workflowBundle } from '../support/workflow-bundle.js';

const quiet = () => createLogger({ format: 'json', level: 'error', destination: new PassThrough().resume() });

function env(taskQueue: string): Record<string, string> {
  const { address, namespace } = temporalAddress();
  return { TEMPORAL_ADDRESS: address, TEMPORAL_NAMESPACE: namespace, MAOPS_TASK_QUEUE: taskQueue };
}

describe('a stack', () => {
  test('runs workflows: bad input fails with every problem', async () => {
    const stack = await startStack({
      env: env('stack-int'),
      onProgress: () => {},
      logger: quiet(),
      workflowBundle: workflowBundle(),
      simulator: { speed: 100 },
    });
    const connection = await Connection.connect({ address: stack.config.address });
    try {
      const { workflow } = new Client({ connection, namespace: stack.config.namespace });
      const options = { workflowId: 'pool/stack-int', taskQueue: stack.config.taskQueue, args: [{ name: 'X' }] };
      await expect(workflow.execute('provisionPool', options)).rejects.toMatchObject({
        cause: { type: 'InvalidSpec' },
      });
    } finally {
      await connection.close();
      await stack.stop();
    }
    await expect(fetch(stack.simulator.url)).rejects.toThrow();
  });

  test('stops the parts that it started when a later one fails', async () => {
    const options = { env: { ...env('stack-int'), MAOPS_POLL_MIN: 'soon' }, onProgress: () => {}, logger: quiet() };
    await expect(startStack({ ...options, simulator: { port: 0 } })).rejects.toThrow('MAOPS_POLL_MIN');
  });
});

describe('maops dev', () => {
  test('prints the addresses, and stops on the signal', async () => {
    const lines: string[] = [];
    const told = new AbortController();
    const print = (line: string) => {
      lines.push(line);
      if (line.startsWith('Ctrl-C')) told.abort();
    };
    const places: DevPlace[] = [];
    const onReady = (place: DevPlace) => places.push(place);
    await runDev({ env: env('dev-int'), logger: quiet(), print, onReady, signal: told.signal, speed: 100 });
    const text = lines.join('\n');
    expect(text).toContain(`Temporal   ${temporalAddress().address}, namespace default (TEMPORAL_ADDRESS)`);
    expect(text).toMatch(/simulator {2}http:\/\/127\.0\.0\.1:\d+/);
    expect(text).toContain(`export TEMPORAL_ADDRESS=${temporalAddress().address}`);
    const commands = lines
      .flatMap((line) => /^ {2}npx maops (.*)$/.exec(line)?.[1] ?? [])
      .map((line) => line.split(' '));
    expect(commands.length).toBeGreaterThan(3);
    for (const [group, verb] of commands) {
      const isKnown = commandEntries.some((entry) =>
        entry.group === null ? entry.verb === group : entry.group === group && entry.verb === verb,
      );
      expect({ group, verb, isKnown }).toEqual({ group, verb, isKnown: true });
    }
    const spec = commands
      .flatMap((words) => words[words.indexOf('-f') + 1] ?? [])
      .find((word) => word.endsWith('.yaml'));
    expect(existsSync(spec ?? '')).toBe(true);
    const [place, ...more] = places;
    expect(more).toEqual([]);
    expect(place).toMatchObject({
      temporal: { address: temporalAddress().address, namespace: 'default', source: 'TEMPORAL_ADDRESS', uiUrl: null },
      simulator: { url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/) },
      environment: { TEMPORAL_ADDRESS: temporalAddress().address, MODELARTS_ENDPOINT: place?.simulator.url },
    });
  });
});
