/** What gives a network in an engine's worker its black boxes: fetched where a run has some. */
export { Attachments } from "./graph/attach";
