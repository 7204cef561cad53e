/** `<latent-lens>` in JSX of Preact: `import type {} from "latent-lens/jsx/preact"` makes it known. */
import type { ClassAttributes, HTMLAttributes } from "preact";

import type { LensProps } from "./jsx";
import type { LatentLens } from "./latent-lens";

type Html = HTMLAttributes<LatentLens> & ClassAttributes<LatentLens>;

declare module "preact" {
  namespace JSX {
    interface IntrinsicElements {
      "latent-lens": LensProps & Omit<Html, keyof LensProps>;
    }
  }
}
