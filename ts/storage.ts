/** @internal Where uploads are read and results are written unless told otherwise. */
export const DEFAULT_STORAGE_URL = 'file:./public';

/** Where processors read uploads and write results. */
export interface StorageOptions {
  /**
   * Where uploads are read and results are written: `file:<directory>` or `s3://<bucket>/<prefix>`. Default: `STORAGE_URL`, else
   * `file:./public`.
   */
  storage?: string | undefined;
  /** What stands before a result's path in its public URL. Default: `PUBLIC_BASE_URL`, else nothing. */
  publicBaseUrl?: string | undefined;
}

/** @internal The storage that the options, or else the environment, name. */
export function storageOf({ storage, publicBaseUrl }: StorageOptions): { storage: string; publicBaseUrl: string } {
  return {
    storage: storage ?? process.env['STORAGE_URL'] ?? DEFAULT_STORAGE_URL,
    publicBaseUrl: publicBaseUrl ?? process.env['PUBLIC_BASE_URL'] ?? '',
  };
}
