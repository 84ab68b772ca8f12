import Link from 'next/link';

export default function NotFound() {
  return (
    <main className="empty empty-page">
      <h1>Nothing here</h1>
      <p>The page has moved, or you are not a member of this room.</p>
      <Link className="button" href="/">
        Back to the chat
      </Link>
    </main>
  );
}
