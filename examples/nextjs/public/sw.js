// Shows push messages, and opens the page they belong to.
self.addEventListener('push', (event) => {
  const { title, body, url, icon } = event.data.json();
  event.waitUntil(
    self.registration.showNotification(title, { body, icon: icon ?? '/icon.svg', tag: url, data: { url } }),
  );
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(openPage(event.notification.data.url ?? '/'));
});

async function openPage(url) {
  const windows = await self.clients.matchAll({ type: 'window' });
  const open = windows.find((client) => new URL(client.url).pathname === url);
  await (open ? open.focus() : self.clients.openWindow(url));
}
