'use client';

export default function ErrorPage({ reset }: { reset: () => void }) {
  return (
    <main className="empty empty-page" role="alert">
      <h1>Something went wrong</h1>
      <p>It is on our side. What you sent before is safe.</p>
      <button className="button" onClick={reset}>
        Try again
      </button>
    </main>
  );
}
