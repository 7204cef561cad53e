/** Fetches the files of views. */
import { Failure } from "../failures";
import { view as figure } from "./figure";
import { DEFAULT, type ViewName } from "./table";
import type { View } from "./view";

const FILES: Record<Exclude<ViewName, typeof DEFAULT>, () => Promise<{ view: View }>> = {
  pixels: () => import("./pixels"),
  opinions: () => import("./opinions"),
  dendrogram: () => import("./dendrogram"),
  classes: () => import("./classes"),
  similarity: () => import("./similarity"),
  space: () => import("./space"),
  plane: () => import("./plane"),
  prior: () => import("./prior"),
  factors: () => import("./factors"),
  reconstructions: () => import("./reconstructions"),
  "fair-test": () => import("./fair-test"),
  agreement: () => import("./agreement"),
  emergence: () => import("./emergence"),
  ranks: () => import("./ranks"),
  networks: () => import("./networks"),
  controls: () => import("./controls"),
  errors: () => import("./errors"),
  pinned: () => import("./pinned"),
  smaller: () => import("./smaller"),
  sizes: () => import("./sizes"),
};

const here = new Map<ViewName, View>([[DEFAULT, figure]]);

/** The view, if its file has come in. */
export function known(name: ViewName): View | undefined {
  return here.get(name);
}

/** Rejects with a `Failure`, after which it can be asked for again. */
export async function load(name: ViewName): Promise<View> {
  if (name === DEFAULT) return figure;
  try {
    const { view } = await FILES[name]();
    here.set(name, view);
    return view;
  } catch (error) {
    throw Failure.from(error, "page-file");
  }
}
