/** Buttons that choose files, or a folder with all that lies in it. */
import { h } from "../dom";
import { picked } from "./drop";
import type { SourceFile } from "./messages";

export interface Pickers {
  /** That of files, then that of a folder. */
  inputs: HTMLInputElement[];
  labels: HTMLElement[];
}

/** `what` is chosen, for those who do not see what stands around. */
export function pickers(chosen: (files: SourceFile[]) => void, what = ""): Pickers {
  const inputs = [
    h("input", { type: "file", multiple: true }),
    h("input", { type: "file", webkitdirectory: true }),
  ];
  const labels = inputs.map((input, at) => {
    const words = at ? "Choose a folder" : "Choose files";
    if (what) input.setAttribute("aria-label", `${words} of ${what}`);
    input.addEventListener("change", () => {
      const files = picked(input.files ?? []);
      // The same files can be chosen again.
      input.value = "";
      if (files.length) chosen(files);
    });
    return h("label", { class: "button picker" }, input, words);
  });
  return { inputs, labels };
}
