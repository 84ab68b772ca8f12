'use client';

import { useEffect, useState } from 'react';

type State = 'looking' | 'unsupported' | 'denied' | 'off' | 'on' | 'busy';

const TEXTS: Record<State, string> = {
  looking: 'Looking…',
  busy: 'One moment…',
  unsupported: 'This browser has no push notifications, or the page is not served over https.',
  denied: 'Notifications are blocked for this site. Allow them in the browser’s settings.',
  off: 'Get a notification when somebody writes, also while this page is closed.',
  on: 'This browser gets a notification when somebody writes.',
};

/** Turns notifications on and off for this browser. */
export function PushToggle({ publicKey }: { publicKey: string }) {
  const [state, setState] = useState<State>('looking');
  const [error, setError] = useState('');
  useEffect(() => {
    void current().then(setState);
  }, []);

  async function change() {
    const wasOn = state === 'on';
    setState('busy');
    setError('');
    try {
      await (wasOn ? unsubscribe() : subscribe(publicKey));
    } catch {
      setError('The browser could not reach its push service. Try again later.');
    }
    setState(await current());
  }

  return (
    <section className="panel" aria-labelledby="push-title">
      <div>
        <h2 id="push-title">Notifications</h2>
        <p className="muted" role="status">
          {TEXTS[state]}
        </p>
        {(state === 'off' || state === 'on' || state === 'busy') && (
          <button className="button" disabled={state === 'busy'} aria-pressed={state === 'on'} onClick={change}>
            {state === 'on' ? 'Turn off' : 'Turn on'}
          </button>
        )}
        {error && (
          <p className="error" role="alert">
            {error}
          </p>
        )}
      </div>
    </section>
  );
}

async function current(): Promise<State> {
  if (!('serviceWorker' in navigator) || !('PushManager' in window)) return 'unsupported';
  const registration = await navigator.serviceWorker.register('/sw.js');
  if (Notification.permission === 'denied') return 'denied';
  return (await registration.pushManager.getSubscription()) ? 'on' : 'off';
}

async function subscribe(applicationServerKey: string): Promise<void> {
  if ((await Notification.requestPermission()) !== 'granted') return;
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey });
  await fetch('/api/push/subscribe', { method: 'POST', body: JSON.stringify(subscription) });
}

async function unsubscribe(): Promise<void> {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  if (!subscription) return;
  await fetch('/api/push/subscribe', { method: 'DELETE', body: JSON.stringify({ endpoint: subscription.endpoint }) });
  await subscription.unsubscribe();
}
