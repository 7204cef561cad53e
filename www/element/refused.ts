/** Settings that cannot be used, where what they would change is: their defaults count instead. */
import { h, setText } from "../dom";

export class Refused {
  readonly element = h("p", { class: "refused-settings", part: "refused", role: "status" });

  show(sentences: string[]): void {
    const instead = sentences.length > 1 ? "The defaults count" : "The default counts";
    this.element.hidden = sentences.length === 0;
    setText(this.element, sentences.length ? [...sentences, `${instead} instead.`].join(" ") : "");
  }
}
