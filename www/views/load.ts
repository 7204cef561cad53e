/** Fetches the files of views. */
import { Failure } from "../failures";
import { view as figure } from "./figure";
import { FILES, type ViewName } from "./table";
import type { View } from "./view";

const here = new Map<ViewName, View>([["figure", figure]]);

/** The view, if its file has come in. */
export function known(name: ViewName): View | undefined {
  return here.get(name);
}

/** Rejects with a `Failure`, after which it can be asked for again. */
export async function load(name: ViewName): Promise<View> {
  const found = here.get(name);
  if (found || name === "figure") return found ?? figure;
  try {
    const { view } = await FILES[name]();
    here.set(name, view);
    return view;
  } catch (error) {
    throw Failure.from(error, "page-file");
  }
}
