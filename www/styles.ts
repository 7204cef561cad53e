/** The element's look. */
import charts from "./parts/charts.css" with { type: "text" };
import choices from "./parts/choices.css" with { type: "text" };
import data from "./data/data.css" with { type: "text" };
import dimension from "./explorer/dimension.css" with { type: "text" };
import element from "./element.css" with { type: "text" };
import explorer from "./explorer/explorer.css" with { type: "text" };
import film from "./explorer/film.css" with { type: "text" };
import fold from "./parts/fold.css" with { type: "text" };
import form from "./parts/form.css" with { type: "text" };
import pipeline from "./explorer/pipeline.css" with { type: "text" };
import poster from "./element/poster.css" with { type: "text" };
import print from "./element/print.css" with { type: "text" };
import share from "./explorer/share.css" with { type: "text" };
import transport from "./element/transport.css" with { type: "text" };

let sheet: CSSStyleSheet | undefined;

/** One style sheet for every element on the page. */
export function styles(): CSSStyleSheet {
  if (sheet) return sheet;
  try {
    const size = { name: "--lens-px", syntax: "<length>", inherits: true };
    CSS.registerProperty({ ...size, initialValue: "1px" });
  } catch {
    // Another copy of the element has registered it, or the browser is too old for it.
  }
  sheet = new CSSStyleSheet();
  sheet.replaceSync(
    [
      element,
      poster,
      pipeline,
      transport,
      fold,
      form,
      choices,
      film,
      charts,
      explorer,
      dimension,
      share,
      data,
      print,
    ].join("\n"),
  );
  return sheet;
}
