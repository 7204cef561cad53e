/** Servers of other people: a page that has the element in it, and a CDN that has its files. */
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { SITE } from "./harness";

type Headers = Record<string, string>;

interface Answer {
  status?: number;
  headers: Headers;
  body: string | Uint8Array;
}

/**
 * Serves what `answer` gives for a path, from an origin of its own, while `use` runs or until that
 * calls `stop`.
 */
export async function serving(
  answer: (path: string) => Promise<Answer> | Answer,
  use: (origin: string, stop: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const server: Server = createServer((request, response) => {
    Promise.resolve(answer(new URL(request.url ?? "/", "http://here").pathname)).then(
      ({ status = 200, headers, body }) => response.writeHead(status, headers).end(body),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const stop = async () => {
    server.closeAllConnections();
    await new Promise((closed) => server.close(closed));
  };
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop);
  } finally {
    await stop();
  }
}

/**
 * Serves the site's files as a CDN does: to any origin, but for those that are not `open`. `types` are
 * told instead of the right ones.
 */
export function cdn(
  use: (origin: string, stop: () => Promise<void>) => Promise<void>,
  types: Record<string, string> = {},
  open: (path: string) => boolean = () => true,
): Promise<void> {
  return serving(async (path) => {
    const response = await fetch(new URL(`.${path}`, SITE));
    const ending = path.slice(path.lastIndexOf(".") + 1);
    return {
      status: response.status,
      headers: {
        ...(open(path) && { "access-control-allow-origin": "*" }),
        "content-type": types[ending] ?? response.headers.get("content-type") ?? "",
      },
      body: new Uint8Array(await response.arrayBuffer()),
    };
  }, use);
}

/** Serves one page, with headers such as its Content-Security-Policy. */
export function site(
  html: string,
  use: (url: string) => Promise<void>,
  headers: Headers = {},
): Promise<void> {
  return serving(
    (path) =>
      path === "/"
        ? { headers: { "content-type": "text/html; charset=utf-8", ...headers }, body: html }
        : { status: 404, headers: {}, body: "" },
    (origin) => use(`${origin}/`),
  );
}
