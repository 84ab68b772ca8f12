/** What a browser shows. At most 3993 bytes as JSON: push services accept no larger message. */
export interface PushPayload {
  /** First line of the notification. */
  title: string;
  /** Text of the notification. */
  body: string;
  /** Page that a click opens. */
  url?: string | undefined;
  /** Picture beside the text. */
  icon?: string | undefined;
}

/** Data of `push-notification`. */
export interface PushNotificationData {
  /** Whose subscriptions get the message. */
  userId: string;
  /** What the browsers show. */
  payload: PushPayload;
}

/** Data of `batch-push-notification`: one job for many users. */
export interface BatchPushNotificationData {
  /** Ids of the users whose subscriptions get the message. */
  users: readonly string[];
  /** What the browsers show. */
  payload: PushPayload;
}

/** Data of jobs that make web versions of an upload. Paths are inside the worker's storage; bytes are refused. */
export interface UploadData {
  /** Id of the row that is told about the results; they are called after it. */
  fileId: string;
  /** The upload. */
  filePath: string;
  /** Who uploaded it. */
  userId?: string | undefined;
}

/** Data of jobs that make one file of another. Paths are inside the worker's storage. */
export interface ConversionData<Options> {
  /** The original. */
  filePath: string;
  /** Where the result goes. */
  outputPath: string;
  /** What to make of it. Default: as each option says. */
  options?: Options | undefined;
  /** Remove the original once the result is stored. Default `false`. */
  deleteOriginal?: boolean | undefined;
}

/** What to make of an image. */
export interface ImageConversionOptions {
  /** Largest width, px, 1-16383. Default 1920. */
  maxWidth?: number | undefined;
  /** Largest height, px, 1-16383. Default 1080. */
  maxHeight?: number | undefined;
  /** 1-100. Default 85. */
  quality?: number | undefined;
  /** Default: what the extension of `outputPath` says, else `jpeg`. */
  format?: 'jpeg' | 'png' | 'webp' | 'avif' | undefined;
}

/** What to make of a video. */
export interface VideoConversionOptions {
  /** Largest width, px. Default 1280. */
  maxWidth?: number | undefined;
  /** Largest height, px. Default 720. */
  maxHeight?: number | undefined;
}

/** Data of `process-image`. */
export type ImageProcessingData = UploadData | ConversionData<ImageConversionOptions>;

/** Data of `process-video`. */
export type VideoProcessingData = UploadData | ConversionData<VideoConversionOptions>;

/** Data of `optimize-avatar`. */
export interface AvatarOptimizationData {
  /** The uploaded picture, inside the worker's storage. */
  filePath: string;
  /** Whose picture it is. */
  userId: string;
}

/** An address in two parts, which need no quoting. */
export interface NamedAddress {
  /** What recipients see; any script. */
  name?: string | undefined;
  /** E.g. `ann@example.com`. */
  address: string;
}

/** An address: `ann@example.com`, `Ann <ann@example.com>`, or in two parts. */
export type EmailAddress = string | NamedAddress;

/** A file that travels with an e-mail. */
export interface EmailAttachment {
  /** Inside the worker's storage. */
  path: string;
  /** What the recipient sees. Default: the last part of the path. */
  filename?: string | undefined;
  /** E.g. `application/pdf`. Default: what the name's extension says. */
  contentType?: string | undefined;
}

/** Data of `send-email`. At most 100 recipients, at most 25 MiB of attachments. */
export interface EmailData {
  /** Recipients; a text may hold several between commas. */
  to: EmailAddress | readonly EmailAddress[];
  /** One line. */
  subject: string;
  /** HTML. May be left out if there is a `text`. */
  body?: string | undefined;
  /** What readers without HTML see. Default: made from `body`. */
  text?: string | undefined;
  /** Default: the worker's sender. */
  from?: EmailAddress | undefined;
  /** Recipients that the others see. */
  cc?: EmailAddress | readonly EmailAddress[] | undefined;
  /** Recipients that the others do not see. */
  bcc?: EmailAddress | readonly EmailAddress[] | undefined;
  /** Where answers go. Default: to the sender. */
  replyTo?: EmailAddress | readonly EmailAddress[] | undefined;
  /** Further headers by name; not those that other fields make. */
  headers?: Readonly<Record<string, string>> | undefined;
  /** At most 25 MiB together. */
  attachments?: readonly EmailAttachment[] | undefined;
}
