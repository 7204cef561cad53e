/** `<latent-lens>` in JSX of Solid: `import type {} from "latent-lens/jsx/solid"` makes it known. */
import type { JSX as Solid } from "solid-js/jsx-runtime";

import type { LensProps } from "./jsx";
import type { LatentLens } from "./latent-lens";

type Props = LensProps<"on:">;

declare module "solid-js/jsx-runtime" {
  namespace JSX {
    interface IntrinsicElements {
      "latent-lens": Props & Omit<Solid.HTMLAttributes<LatentLens>, keyof Props>;
    }
  }
}
