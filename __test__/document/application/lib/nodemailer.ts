import { createTransport } from 'nodemailer';

export default createTransport(process.env['SMTP_URL'] ?? '');
