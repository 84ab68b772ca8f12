'use client';

import { useEffect, useRef, useState, type FormEvent, type KeyboardEvent } from 'react';

import type { Delivery, ShownMessage } from '@/lib/services/messages';

import { Avatar } from './avatar';
import { LocalTime } from './local-time';

interface Props {
  roomId: string;
  userId: string;
  initial: ShownMessage[];
}

const REFRESH_MS = 2000;

/** A room: what was said, live, and a field to say more. */
export function Chat({ roomId, userId, initial }: Props) {
  const { messages, isOffline, refresh } = useMessages(roomId, initial);
  const end = useRef<HTMLLIElement>(null);
  useEffect(() => {
    // In newer browsers it answers a promise, which React would take for what undoes the effect.
    void end.current?.scrollIntoView({ block: 'end' });
  }, [messages.length]);
  return (
    <>
      {isOffline && (
        <p className="notice" role="status">
          Connection lost. New messages appear once it is back.
        </p>
      )}
      <ol className="messages" aria-label="Messages" aria-live="polite" tabIndex={0}>
        {messages.length === 0 && (
          <li className="empty">
            <h2>It is quiet here</h2>
            <p>Say hello: everybody in the room gets a notification.</p>
          </li>
        )}
        {messages.map((message) => (
          <Message key={message.id} message={message} isOwn={message.sender.id === userId} />
        ))}
        <li ref={end} aria-hidden />
      </ol>
      <Composer roomId={roomId} onSent={refresh} />
    </>
  );
}

function Message({ message, isOwn }: { message: ShownMessage; isOwn: boolean }) {
  const { sender, content, sentAt, delivery } = message;
  return (
    <li className={isOwn ? 'message message-own' : 'message'}>
      {!isOwn && <Avatar {...sender} size={32} />}
      <div>
        <p className="message-meta">
          <strong>{isOwn ? 'You' : sender.name}</strong> <LocalTime iso={sentAt} />
        </p>
        <p className="bubble">{content}</p>
        {delivery && <p className={`delivery delivery-${delivery.state}`}>{deliveryText(delivery)}</p>}
      </div>
    </li>
  );
}

function deliveryText({ state, sent }: Delivery): string {
  if (state === 'delivered') return `✓ Notified ${sent} ${sent === 1 ? 'browser' : 'browsers'}`;
  if (state === 'queued') return 'Notifying…';
  return state === 'nobody' ? 'Nobody has notifications on' : 'Sent, but nobody could be notified';
}

function Composer({ roomId, onSent }: { roomId: string; onSent: () => Promise<void> }) {
  const [content, setContent] = useState('');
  const [error, setError] = useState('');
  const [isSending, setSending] = useState(false);
  const form = useRef<HTMLFormElement>(null);

  async function send(event: FormEvent) {
    event.preventDefault();
    if (!content.trim() || isSending) return;
    setSending(true);
    const body = JSON.stringify({ roomId, content });
    const response = await fetch('/api/messages', { method: 'POST', body }).catch(() => undefined);
    setSending(false);
    if (!response?.ok) {
      const answer = (await response?.json().catch(() => undefined)) as { error?: string } | undefined;
      return setError(answer?.error ?? 'The message was not sent. Try again.');
    }
    setContent('');
    setError('');
    await onSent();
  }

  function sendOnEnter(event: KeyboardEvent) {
    if (event.key !== 'Enter' || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    form.current?.requestSubmit();
  }

  return (
    <form ref={form} className="composer" onSubmit={send}>
      <label className="visually-hidden" htmlFor="message">
        Message
      </label>
      <textarea
        id="message"
        rows={1}
        maxLength={2000}
        placeholder="Write a message"
        value={content}
        onChange={({ target }) => setContent(target.value)}
        onKeyDown={sendOnEnter}
      />
      <button className="button" disabled={!content.trim() || isSending}>
        Send
      </button>
      {error && (
        <p className="error" role="alert">
          {error}
        </p>
      )}
    </form>
  );
}

/** The room's messages, asked for again while the page is visible. */
function useMessages(roomId: string, initial: ShownMessage[]) {
  const [messages, setMessages] = useState(initial);
  const [isOffline, setOffline] = useState(false);

  async function refresh() {
    const response = await fetch(`/api/messages?room=${roomId}`).catch(() => undefined);
    setOffline(!response?.ok);
    if (response?.ok) setMessages(((await response.json()) as { messages: ShownMessage[] }).messages);
  }

  useEffect(() => {
    const timer = setInterval(() => void (document.visibilityState === 'visible' && refresh()), REFRESH_MS);
    return () => clearInterval(timer);
  });
  return { messages, isOffline, refresh };
}
