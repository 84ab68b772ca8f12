import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';

import './styles/base.css';
import './styles/shell.css';
import './styles/chat.css';
import './styles/media.css';

export const metadata: Metadata = {
  title: { default: 'Synapse', template: '%s · Synapse' },
  description: 'A chat with photos: Next.js adds the jobs, a worker runs them.',
  icons: '/icon.svg',
};

export const viewport: Viewport = { colorScheme: 'light dark', width: 'device-width', initialScale: 1 };

export default function RootLayout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <body>{children}</body>
    </html>
  );
}
