export interface ILogger {
  log(message: string, meta?: object): void;
  error(message: string, error?: unknown, meta?: object): void;
}

export const logger: ILogger = {
  log: (message) => {
    console.log(message);
  },
  error: (message, error) => {
    console.error(message, error);
  },
};
