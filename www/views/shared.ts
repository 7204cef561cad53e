/**
 * What views are made of. Those that are fetched when they are opened take it from here: so it is one
 * file beside the page's code, and not one for each set of views that share something.
 */
export { h, setText, svg } from "../dom";
export { count, integer, significant } from "../format";
export { picture } from "../parts/pixels";
export { Segmented } from "../parts/segmented";
export { save } from "../save";
export {
  axesOf,
  isSameNetwork,
  nameIn,
  NAMES,
  PROJECTIONS,
  readSettings,
  runSettings,
  SETTINGS,
} from "../settings";
export { another } from "../view";
export { openPackage } from "../wasm";
export { startWorker, unstarted } from "../workers/start";
export { bar, unmeasurable } from "./bars";
export { rise, shuffled } from "./channels";
export { COLOURS, grid, MAP_SETTINGS, MAPS } from "./maps";
export { drawnAs, featureNames, placeIn } from "./features";
export { explained, isMeasured } from "./picture";
export { dimensionName, imageOf, imageOfSample, imageText, whichImage } from "./numbering";
export { shades, spread } from "./source";
export { brackets } from "./over-images";
export { around, inside, STEPS, within } from "./targets";
export {
  amongLatents,
  latentImportance,
  list,
  mapped,
  measure,
  measured,
  METHODS,
  one,
} from "./words";
