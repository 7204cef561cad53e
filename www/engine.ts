/** The engine without the picture: trains autoencoders and explains them, in a page, a worker or Node. */
export { fromIdx, type ImagePixels, type Images } from "./engine-api/images";
export type { Label } from "./engine-api/labels";
export { Lens, type OpenOptions } from "./engine-api/lens";
export type { OnnxModel } from "./engine-api/onnx-model";
export type { MadeName, MadeOptions } from "./engine-api/made";
export { LensError, type LensErrorKind } from "./engine-api/error";
export type { HalfFunction, ModelFunctions, Numbers } from "./functions/messages";
export type {
  Knowing,
  RunOptions,
  RunProgress,
  RunResult,
  Settings,
  TimeEstimate,
  TrainingOptions,
} from "./engine-api/run";
export type { Moment } from "./engine/messages";
export type { Progress, Stage } from "./engine/messages";
export type {
  Activation,
  BlackBox,
  Dense,
  General,
  Kind,
  Layer,
  Margins,
  Network,
  Pair,
  Shape,
  Window,
} from "./network";
export type {
  ClassSummary,
  DataSource,
  Encoded,
  EngineName,
  Estimate,
  Explain,
  ImageShape,
  Matrix,
  ModelSource,
  Report,
  RunSettings,
} from "./report";
