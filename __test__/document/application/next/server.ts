/** What the routes need of Next.js, which the example installs and this repository does not. */
export type NextRequest = Request;
export const NextResponse = Response;
