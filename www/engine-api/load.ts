/** Wasm packages beside the engines' that a program's own thread works with. */
import { beside } from "../beside";
import type { Place } from "../engine/place";
import { LensError } from "./error";

/** `what` sentences call it. Rejects with a `LensError` of kind `engine-file`. */
export async function loadPackage<Module>(
  place: Place,
  file: "readers" | "models",
  what: string,
): Promise<Module> {
  try {
    const wasm = (await import(beside(`${file}.js`).href)) as {
      default(options: { module_or_path: WebAssembly.Module }): Promise<unknown>;
    };
    await wasm.default({ module_or_path: await place.compile(file) });
    return wasm as Module;
  } catch (error) {
    throw new LensError(
      "engine-file",
      `${what} could not be loaded (${(error as Error).message}).`,
    );
  }
}
