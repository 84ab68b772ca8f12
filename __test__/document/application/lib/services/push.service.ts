export interface PushService {
  sendPushNotification(userId: string, message: object): Promise<void>;
}
