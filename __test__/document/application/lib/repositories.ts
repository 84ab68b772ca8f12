export interface Room {
  name: string;
  members: { userId: string }[];
}

export interface RoomRepository {
  findByIdWithRelations(roomId: string): Promise<Room | null>;
}

export interface User {
  name: string;
  email: string;
}

export interface UserRepository {
  findById(userId: string): Promise<User | null>;
}
