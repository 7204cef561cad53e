/** Opens a wasm package that lies beside the element's code. */
import { beside } from "./beside";

interface Package {
  default(options: { module_or_path: URL }): Promise<unknown>;
}

/** How often a package was asked for that came damaged: what has come once under an address is all that ever comes. */
const damaged = new Map<string, number>();

/** The package's module, ready for use; `name` is that of its files, without their endings. */
export async function openPackage<Module>(name: string): Promise<Module> {
  const address = beside(`${name}.js`);
  const times = damaged.get(name);
  if (times) address.searchParams.set("again", `${times}`);
  const wasm = (await import(address.href)) as Package;
  if (!wasm.default) {
    damaged.set(name, (times ?? 0) + 1);
    throw new Error(`${name}.js arrived damaged`);
  }
  await wasm.default({ module_or_path: beside(`${name}_bg.wasm`) });
  return wasm as Module;
}
