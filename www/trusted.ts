/**
 * Trusted Types: where a page demands them, addresses of workers and markup of the element's own go
 * through a policy by the name `latent-lens`, which the page has to allow. Elsewhere nothing is done.
 */

interface Policy {
  createScriptURL(url: string): string;
  createHTML(markup: string): string;
}

interface Factory {
  createPolicy(name: string, rules: Policy): Policy;
}

const RULES: Policy = { createScriptURL: (url) => url, createHTML: (markup) => markup };

let policy: Policy | undefined;

function ours(): Policy {
  if (policy) return policy;
  const { trustedTypes } = globalThis as { trustedTypes?: Factory };
  try {
    policy = trustedTypes?.createPolicy("latent-lens", RULES);
  } catch {
    // The page allows no such policy: what needs it is refused by the browser, which says so.
  }
  return (policy ??= RULES);
}

/** The address of code of the element's own. */
export const scriptUrl = (url: string): string => ours().createScriptURL(url);

/** Markup that the element has made. */
export const markup = (text: string): string => ours().createHTML(text);
