import webpush from 'web-push';

const { VAPID_SUBJECT = '', VAPID_PUBLIC_KEY = '', VAPID_PRIVATE_KEY = '' } = process.env;

webpush.setVapidDetails(VAPID_SUBJECT, VAPID_PUBLIC_KEY, VAPID_PRIVATE_KEY);

export default webpush;
