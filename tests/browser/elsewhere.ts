/** A page of somebody else's with the element in it. */
import type { Page } from "playwright-core";

import { type Options, SITE, visit } from "./harness";

export const ELSEWHERE = "elsewhere.html";

/** Opens a page of the site's server with `body`, and the element's module in its head. */
export function opening(
  body: string,
  use: (page: Page, asked: string[]) => Promise<void>,
  options: Options = {},
): Promise<void> {
  const asked: string[] = [];
  return visit(
    {
      ...options,
      other: { url: SITE + ELSEWHERE, origins: [new URL(SITE).origin] },
      before: async (page) => {
        page.on("request", (request) => asked.push(request.url().slice(SITE.length)));
        await page.route(`**/${ELSEWHERE}`, (route) =>
          route.fulfill({
            contentType: "text/html",
            body: `<!doctype html><html lang="en"><title>Elsewhere</title>
              <link rel="icon" href="data:,"><script type="module" src="latent-lens.js"></script>
              <body>${body}</body></html>`,
          }),
        );
        await options.before?.(page);
      },
    },
    (page) => use(page, asked),
  );
}
