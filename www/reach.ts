/** Why a file beside the element's code cannot be had, as far as a page can find out. */

/** In words that end with the remedy; undefined where nothing can be found out. */
export async function whyNot(url: URL): Promise<string | undefined> {
  // There is no such thing in Node.
  if (globalThis.navigator?.onLine === false) {
    return "this machine is not connected to the network: connect it, then try again";
  }
  try {
    const { ok, status, body } = await fetch(url);
    void body?.cancel();
    const file = url.pathname.split("/").at(-1);
    return ok
      ? undefined
      : `${url.host} answered HTTP status ${status} for ${file}: try again later`;
  } catch {
    try {
      await fetch(url, { mode: "no-cors" });
    } catch {
      return undefined;
    }
    return `${url.host} does not let this page read its files: it has to send the header Access-Control-Allow-Origin`;
  }
}
