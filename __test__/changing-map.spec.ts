import { setFlagsFromString, getHeapSpaceStatistics } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ChangingMap } from '../ts/changing-map';

test('values are found by their keys until they are taken or deleted', () => {
  const map = new ChangingMap<string>();
  map.set('one', 'first');
  map.set(2, 'second');
  map.set('2', 'replaced');
  map.set('three', 'third');

  expect([map.size, map.get('one'), map.get(2), map.has('__proto__')]).toEqual([3, 'first', 'replaced', false]);
  expect(map.take('one')).toBe('first');
  map.delete('three');
  map.delete('three');

  expect([map.size, map.has('one'), map.take('one'), map.values(), map.entries()]).toEqual([
    1,
    false,
    undefined,
    ['replaced'],
    [['2', 'replaced']],
  ]);
});

test('what came and went is gone with the next scavenge, however old the map is', () => {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as (options?: { type: 'minor' }) => void;
  const map = new ChangingMap<number[]>();
  const churn = (turns: number) => {
    for (let at = 0; at < turns; at += 1) {
      map.set(`token-${at.toString()}`, new Array<number>(100).fill(at));
      map.delete(`token-${(at - 50).toString()}`);
    }
  };
  churn(1000);
  gc(); // Everything that lives now is old from here on.
  const before = oldSpaceBytes();
  for (let round = 0; round < 20; round += 1) {
    churn(1000);
    gc({ type: 'minor' });
  }

  // A `Map` keeps some 7 MB here.
  expect(oldSpaceBytes() - before).toBeLessThan(2_000_000);
});

function oldSpaceBytes(): number {
  return getHeapSpaceStatistics().find((space) => space.space_name === 'old_space')?.space_used_size ?? 0;
}
