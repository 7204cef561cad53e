/** `<latent-lens>` in JSX of React 19: `import type {} from "latent-lens/jsx/react"` makes it known. */
import type { DetailedHTMLProps, HTMLAttributes } from "react";

import type { LensProps } from "./jsx";
import type { LatentLens } from "./latent-lens";

type Html = DetailedHTMLProps<HTMLAttributes<LatentLens>, LatentLens>;

declare module "react" {
  namespace JSX {
    interface IntrinsicElements {
      "latent-lens": LensProps & Omit<Html, keyof LensProps>;
    }
  }
}
