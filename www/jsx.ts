/** How JSX writes the element: its properties, and listeners for what it tells. */
import type { LatentLensEventMap } from "./element/events";
import type { Properties } from "./element/properties";
import type { LatentLens } from "./latent-lens";

/** To set a property to `undefined` takes it back. */
type Optional<T> = { [K in keyof T]?: T[K] | undefined };

/** Besides the properties: the attributes that are not settings. */
interface Beside {
  loading: "eager" | "lazy";
  keep: boolean;
  poster: string;
  preset: string;
  link: string;
}

type Listeners<Prefix extends string> = {
  [K in keyof LatentLensEventMap as `${Prefix}${K}`]: (event: LatentLensEventMap[K]) => void;
};

/**
 * What `<latent-lens>` takes besides what every element does; `Prefix` stands before the name of an
 * event. `dataset`, which frameworks set as HTML's own property of that name, is `datasetName`.
 */
export type LensProps<Prefix extends string = "on"> = Optional<
  Properties & Pick<LatentLens, "images" | "model"> & Beside & Listeners<Prefix>
>;
