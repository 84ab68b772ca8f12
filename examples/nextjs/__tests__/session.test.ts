import { sealed, unsealed } from '@/lib/session';

beforeEach(() => {
  process.env.SESSION_SECRET = 'of a test';
});

test('a session cookie tells whose it is', () => {
  expect(unsealed(sealed('ada'))).toBe('ada');
});

test.each(['', 'ada', 'ada.', 'ada.AAAA', sealedBySomebodyElse()])(
  'a cookie that was not made here is nobody’s: %s',
  (cookie) => {
    expect(unsealed(cookie)).toBeUndefined();
  },
);

function sealedBySomebodyElse(): string {
  process.env.SESSION_SECRET = 'another';
  return sealed('ada');
}
