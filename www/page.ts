/** The page around the element: settings in the URL's query become the element's attributes. */
import { NAMES } from "./settings";

const lens = document.querySelector("latent-lens");
const query = new URLSearchParams(location.search);
for (const name of NAMES) {
  const value = query.get(name);
  if (value !== null) lens?.setAttribute(name, value);
}
