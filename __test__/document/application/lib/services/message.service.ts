export interface Message {
  roomId: string;
  senderId: string;
  content: string;
}

export interface MessageService {
  createMessage(data: Message): Promise<Message>;
}
