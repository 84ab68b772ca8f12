import { processEnvironment } from './environment/environment';
import { readPublicBaseUrl, readStorageUrl } from './environment/processor-settings';

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
  const environment = processEnvironment();
  return {
    storage: storage ?? readStorageUrl(environment),
    publicBaseUrl: publicBaseUrl ?? readPublicBaseUrl(environment),
  };
}
