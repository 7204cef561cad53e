/** What is said of images whose pixels have several channels. */
import { channelName, ofChannel } from "../channels";
import type { Scene } from "./picture";
import type { Sentence } from "./view";

/** What is shuffled at once. */
export function shuffled({ options: { image, channel } }: Scene): Sentence {
  if (image.channels === 1) return false;
  if (channel === undefined) {
    return "A pixel is shuffled with all of its channels; its direction is that of their mean.";
  }
  const which = ofChannel(channel, image.channels);
  const maps = image.channels === 3 ? `the ${which}` : which;
  return `Each channel of a pixel is shuffled by itself; these are the maps of ${maps}.`;
}

/** A larger value of what is shuffled, as what raises or lowers something. */
export function rise({ options: { image, channel }, pixels }: Scene): string {
  if (channel === undefined) return pixels.rise;
  const name = channelName(channel, image.channels);
  return image.channels === 3 ? `more ${name}` : `a higher value in channel ${name}`;
}

/** ", red channel", where each channel has a map of its own. */
export function inChannel({ image, channel }: Scene["options"]): string {
  return channel === undefined ? "" : `, ${ofChannel(channel, image.channels)}`;
}
