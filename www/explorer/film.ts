/** The samples in a row, each above its reconstruction; one of them is in the pipeline. */
import { h, setText } from "../dom";
import { say } from "../nouns";
import { paint, picture, type Ramp } from "../parts/pixels";
import { rowOf, SAMPLES, type Samples } from "../data/samples";

export class Film {
  readonly #frames;
  readonly #row = h("div", { class: "frames" });
  readonly #legend = h("legend", { class: "heading" }, HEADING);
  readonly element;

  constructor(chosen: (row: number) => void) {
    this.#frames = Array.from({ length: SAMPLES }, (_, row) => {
      const input = h("input", { type: "radio", name: "sample", onchange: () => chosen(row) });
      input.setAttribute("aria-label", NO_IMAGE);
      input.checked = row === 0;
      const image = picture();
      const noisy = picture();
      const reconstruction = picture();
      const label = h("label", { class: "frame" }, input, image, reconstruction);
      return { input, image, noisy, reconstruction, label };
    });
    this.element = h("fieldset", { class: "film", part: "samples" }, this.#legend, this.#row);
    this.#row.append(...this.#frames.map(({ label }) => label));
  }

  /**
   * `which` says which image a sample is, `spread` over which values images are drawn, where that is
   * worth a word, and `after` of which epoch the reconstructions are, where that is not the latest.
   */
  show(
    samples: Samples,
    ramp: Ramp,
    which: (row: number) => string,
    spread = "",
    after = "below",
    /** Whether there is a decoder. */
    rebuilds = true,
  ): void {
    const { image, labels, images, noisy, reconstructions } = samples;
    const disturbed = noisy ? ", the same with noise" : "";
    const heading = say(
      image.form,
      rebuilds ? `Images${disturbed}, and their reconstructions ${after}` : "Images",
    );
    setText(this.#legend, [heading, spread].filter(Boolean).join(". "));
    // Wide images have more of a line to themselves.
    const ratio = image.form === "image" ? image.width / image.height : 2.5;
    this.#row.style.setProperty("--columns", ratio > 5 ? "2" : ratio > 2 ? "5" : "10");
    for (const [row, frame] of this.#frames.entries()) {
      const label = labels[row];
      frame.input.disabled = label === undefined;
      frame.input.setAttribute(
        "aria-label",
        label === undefined ? say(image.form, NO_IMAGE) : which(row),
      );
      const there = label !== undefined;
      const own = there ? rowOf(images, row) : undefined;
      paint(frame.image, image, own, ramp);
      if (noisy) {
        frame.image.after(frame.noisy);
        paint(frame.noisy, image, there ? rowOf(noisy, row) : undefined, ramp, own);
      } else frame.noisy.remove();
      if (rebuilds) frame.label.append(frame.reconstruction);
      else frame.reconstruction.remove();
      const rebuilt = there && reconstructions ? rowOf(reconstructions, row) : undefined;
      paint(frame.reconstruction, image, rebuilt, ramp, own);
    }
  }
}

const NO_IMAGE = "No image";
const HEADING = "Images, and their reconstructions below";
