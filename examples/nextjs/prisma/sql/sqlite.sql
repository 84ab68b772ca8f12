PRAGMA journal_mode = WAL;
CREATE TABLE IF NOT EXISTS "User" ("id" TEXT NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "avatar" TEXT);
CREATE TABLE IF NOT EXISTS "Room" ("id" TEXT NOT NULL PRIMARY KEY, "name" TEXT NOT NULL, "topic" TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS "Member" (
  "roomId" TEXT NOT NULL REFERENCES "Room" ("id"),
  "userId" TEXT NOT NULL REFERENCES "User" ("id"),
  PRIMARY KEY ("roomId", "userId")
);
CREATE TABLE IF NOT EXISTS "Message" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "roomId" TEXT NOT NULL REFERENCES "Room" ("id"),
  "senderId" TEXT NOT NULL REFERENCES "User" ("id"),
  "content" TEXT NOT NULL,
  "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS "Message_roomId_createdAt_idx" ON "Message" ("roomId", "createdAt");
CREATE TABLE IF NOT EXISTS "File" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "userId" TEXT NOT NULL REFERENCES "User" ("id"),
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "size" INTEGER NOT NULL,
  "processed" BOOLEAN NOT NULL DEFAULT false,
  "compressedUrl" TEXT,
  "thumbnailUrl" TEXT,
  "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE INDEX IF NOT EXISTS "File_userId_createdAt_idx" ON "File" ("userId", "createdAt");
CREATE TABLE IF NOT EXISTS "PushSubscription" (
  "id" TEXT NOT NULL PRIMARY KEY,
  "userId" TEXT NOT NULL REFERENCES "User" ("id"),
  "endpoint" TEXT NOT NULL UNIQUE,
  "p256dh" TEXT NOT NULL,
  "auth" TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS "PushSubscription_userId_idx" ON "PushSubscription" ("userId");
