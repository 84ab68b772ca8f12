import { once } from 'node:events';
import type { AddressInfo } from 'node:net';

import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerOptions, type SMTPServerSession } from 'smtp-server';

import { localhostCertificates } from '../../scripts/servers/certificates.cjs';

/** A message that the server has taken. */
export interface ReceivedMail {
  /** Addresses of the SMTP envelope. */
  envelope: { from: string; to: string[] };
  /** Whether it came over TLS. */
  isSecure: boolean;
  /** Who was logged in. */
  user: string | undefined;
  /** As it was transmitted. */
  raw: string;
  /** As an independent parser reads it. */
  mail: ParsedMail;
}

/** An error as the server reports it. */
function refusal(code: number, message: string): Error {
  return Object.assign(new Error(message), { responseCode: code });
}

/** An SMTP server on loopback: STARTTLS or TLS with a certificate of its own authority, users, scripted refusals. */
export class MailServer {
  /** Every message so far, oldest first. */
  readonly received: ReceivedMail[] = [];
  /** Connections so far, and the most that were open at once. */
  connections = 0;
  mostOpen = 0;
  /** Refusals for the next messages, in this order: of the recipient or of the data. */
  readonly refusals: { at: 'recipient' | 'data'; code: number; message: string }[] = [];
  #open = 0;

  private constructor(
    private readonly server: SMTPServer,
    /** PEM of the authority that a client must trust. */
    readonly ca: string,
  ) {}

  /** Starts a server; without `authOptional` it wants user `ann` with the password `s3cret/ä`. */
  static async start(options: SMTPServerOptions = {}): Promise<MailServer> {
    const { ca, cert, key } = await localhostCertificates();
    // The options need the server's methods, and the server its options.
    // eslint-disable-next-line prefer-const
    let self: MailServer;
    const server = new SMTPServer({
      cert,
      key,
      // Clients keep connections for the next message; a server that goes away does not wait for them.
      closeTimeout: 10,
      onConnect: (session, done) => {
        self.connect(session, done);
      },
      onClose: () => {
        self.#open -= 1;
      },
      onAuth: ({ username, password }, _session, done) => {
        const isRight = username === 'ann' && password === 's3cret/ä';
        done(isRight ? null : refusal(535, 'wrong user or password'), isRight ? { user: username } : undefined);
      },
      onRcptTo: (_address, _session, done) => {
        done(self.refusalAt('recipient'));
      },
      onData: (stream, session, done) => void self.receive(stream, session).then(done, done),
      ...options,
    });
    self = new MailServer(server, ca);
    // Clients that distrust the certificate end their connection only.
    server.on('error', () => undefined);
    server.listen(0, '127.0.0.1');
    await once(server.server, 'listening');
    return self;
  }

  get port(): number {
    return (this.server.server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.server.close(resolve);
    });
  }

  private connect(_session: SMTPServerSession, done: (error?: Error | null) => void): void {
    this.connections += 1;
    this.#open += 1;
    this.mostOpen = Math.max(this.mostOpen, this.#open);
    done();
  }

  private refusalAt(at: 'recipient' | 'data'): Error | undefined {
    if (this.refusals[0]?.at !== at) return undefined;
    const { code, message } = this.refusals.shift() ?? { code: 0, message: '' };
    return refusal(code, message);
  }

  private async receive(stream: SMTPServerDataStream, session: SMTPServerSession): Promise<Error | null> {
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk as Buffer);
    const raw = Buffer.concat(chunks);
    const refused = this.refusalAt('data');
    if (refused) return refused;
    const { mailFrom, rcptTo } = session.envelope;
    this.received.push({
      envelope: { from: mailFrom ? mailFrom.address : '', to: rcptTo.map(({ address }) => address) },
      isSecure: session.secure,
      user: session.user as string | undefined,
      raw: raw.toString('latin1'),
      mail: await simpleParser(raw),
    });
    return null;
  }
}
