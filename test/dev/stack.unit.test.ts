import { describe, expect, test } from '@jest/globals';
import { readConfig } from '../../src/config.js';
import { stackEnvironment } from '../../src/dev/stack-environment.js';
import { clientEnvironment } from '../../src/simulator/client-environment.js';

const temporal = { address: '127.0.0.1:7233', namespace: 'default' };
const simulator = clientEnvironment('http://127.0.0.1:8790');
const made = (env: Record<string, string>, speed: number) =>
  readConfig(stackEnvironment(env, temporal, simulator, speed), { ignoreTemporalFile: true });

describe('the settings of a stack', () => {
  test('keep real credentials and endpoints away from the simulation', () => {
    const real = {
      MODELARTS_ENDPOINT: 'https://real.example.com',
      MODELARTS_TOKEN: 'tok-secret',
      HUAWEICLOUD_SDK_AK: 'ak',
      OS_USERNAME: 'u',
    };
    expect(Object.values(stackEnvironment(real, temporal, simulator, 1))).toEqual([
      ...Object.values(simulator),
      temporal.address,
      temporal.namespace,
    ]);
  });

  test('are those of the real service when the simulator runs in real time', () => {
    expect(made({}, 1).settings).toMatchObject({ pollMinMs: 5_000, pollMaxMs: 30_000, pollWindowMs: 300_000 });
  });

  test('poll more often when the simulator runs faster, up to a limit', () => {
    expect(made({}, 10).settings).toMatchObject({ pollMinMs: 500, pollMaxMs: 3_000, pollWindowMs: 30_000 });
    expect(made({}, 100_000).settings).toMatchObject({ pollMinMs: 100, pollMaxMs: 500, pollWindowMs: 5_000 });
    expect(made({}, 100_000).modelarts.maxRps).toBe(200);
  });

  test('keep the variables of the caller', () => {
    expect(made({ MAOPS_POLL_MIN: '1s', MAOPS_MAX_RPS: '2' }, 10)).toMatchObject({
      settings: { pollMinMs: 1_000, pollMaxMs: 3_000 },
      modelarts: { maxRps: 2 },
    });
  });
});
