/** Browsers ask a server for an icon where a page names none. */
import type { Page } from "playwright-core";

export async function withoutIcon(page: Page): Promise<void> {
  await page.context().route("**/favicon.ico", (route) => route.fulfill({ status: 204 }));
}
