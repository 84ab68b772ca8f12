'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

interface Props {
  rooms: { id: string; name: string }[];
}

/** Where one can go; the current place is marked for eyes and screen readers. */
export function Navigation({ rooms }: Props) {
  const path = usePathname();
  const link = (href: string, label: string, icon: string) => (
    <li key={href}>
      <Link href={href} className="nav-link" aria-current={path === href ? 'page' : undefined}>
        <span className="nav-icon" aria-hidden>
          {icon}
        </span>
        {label}
      </Link>
    </li>
  );
  return (
    <nav className="nav" aria-label="Main">
      <h2 className="nav-title">Rooms</h2>
      <ul>{rooms.map(({ id, name }) => link(`/chat/${id}`, name, '#'))}</ul>
      <h2 className="nav-title">Yours</h2>
      <ul>
        {link('/media', 'Photos', '◩')}
        {link('/profile', 'Profile', '◉')}
      </ul>
    </nav>
  );
}
