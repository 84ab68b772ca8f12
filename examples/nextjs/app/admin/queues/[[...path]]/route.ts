import { queueBoard } from '@/lib/queue/board';

let board: ReturnType<typeof queueBoard> | undefined;

/** The dashboard answers every request below its path. */
async function handle(request: Request): Promise<Response> {
  board ??= queueBoard();
  return board.fetch(request);
}

export { handle as DELETE, handle as GET, handle as PATCH, handle as POST, handle as PUT };
