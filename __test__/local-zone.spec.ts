import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const ROOT = join(__dirname, '..');

/** Prints the zone that schedules use and the one of `Date`, both under the name that `Intl` gives them. */
const PRINT_ZONES = `
  const { localZone } = require('./dist/local-zone.js');
  const named = (timeZone) => new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  console.log(JSON.stringify([named(localZone()), named(undefined)]));
`;

function zonesWith(environment: NodeJS.ProcessEnv): unknown {
  const { stdout, stderr } = spawnSync(process.execPath, ['-e', PRINT_ZONES], {
    cwd: ROOT,
    env: environment,
    encoding: 'utf8',
  });
  return JSON.parse(stdout || JSON.stringify(stderr));
}

const { TZ: _zone, ...environment } = process.env;

describe('the local time zone', () => {
  it.each([
    'Europe/Berlin',
    'America/New_York',
    'Asia/Kolkata',
    'Australia/Lord_Howe',
    'EST5EDT',
    'UTC',
    ':Europe/Berlin',
    'Nowhere/Land',
  ])('is that of Date where TZ is %j', (zone) => {
    const [ours, that] = zonesWith({ ...environment, TZ: zone }) as [string, string];
    expect(ours).toBe(that);
  });

  it('is that of Date where the system decides', () => {
    const [ours, that] = zonesWith(environment) as [string, string];
    expect(ours).toBe(that);
  });
});
