/** What the page and the service worker tell each other. */

/** The page would like the new build now. */
export const TAKE_OVER = "take over";
/** Other pages still use the old one. */
export const IN_USE = "in use";
