/** Opens a wasm package that lies beside the element's code. */
import { beside } from "./beside";

interface Package {
  default(options: { module_or_path: URL }): Promise<unknown>;
}

/** The package's module, ready for use; `name` is that of its files, without their endings. */
export async function openPackage<Module>(name: string): Promise<Module> {
  const wasm = (await import(beside(`${name}.js`).href)) as Package;
  await wasm.default({ module_or_path: beside(`${name}_bg.wasm`) });
  return wasm as Module;
}
