/** The charts' and readers' wasm package, which lives on the page because it measures text. */
import type * as Wasm from "../build/types/view";
import { beside } from "./beside";
import { Failure } from "./failures";
import { whyNot } from "./reach";

// As its Rust source describes them.
export type {
  Chart,
  ChartLayout,
  Images,
  NumberTable,
  PixelFacts,
  Place,
  ReportWords,
  Table,
  Theme,
  View,
} from "../build/types/view";

/** What the page leaves to the charts; the rest it always says. */
type Left = "columns" | "dim" | "selected";

export type ChartOptions = Required<Omit<Wasm.ChartOptions, Left>> & Pick<Wasm.ChartOptions, Left>;

/** Shared by all elements of a page. */
let loading: Promise<typeof Wasm> | undefined;

export async function openView(): Promise<Wasm.View> {
  if (typeof WebAssembly === "undefined") throw new Failure("no-wasm");
  try {
    const { View } = await (loading ??= load());
    return new View();
  } catch (error) {
    // What failed once may succeed when asked again.
    loading = undefined;
    const why = await whyNot(beside("view.js"));
    const sentence = why && `A part of this page could not be loaded: ${why}.`;
    throw why ? new Failure("page-file", why, sentence) : Failure.from(error, "page-file");
  }
}

/** Empty charts beside these: those of another run. */
export function another(view: Wasm.View): Wasm.View {
  return new (view.constructor as new () => Wasm.View)();
}

async function load(): Promise<typeof Wasm> {
  const wasm = (await import(beside("view.js").href)) as typeof Wasm;
  await wasm.default();
  return wasm;
}
