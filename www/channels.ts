/** What the channels of a pixel are called. */

const COLOURS = ["red", "green", "blue"];

/** "red" of three, else its number, counted from 1. */
export function channelName(channel: number, channels: number): string {
  return (channels === COLOURS.length && COLOURS[channel]) || `${channel + 1}`;
}

/** "red channel", "channel 2"; counted from 0. */
export function ofChannel(channel: number, channels: number): string {
  const name = channelName(channel, channels);
  return channels === COLOURS.length ? `${name} channel` : `channel ${name}`;
}

/** The number, counted from 1, of a channel that is called by its colour or number; undefined where it is none. */
export function channelOf(text: string): number | undefined {
  const colour = COLOURS.indexOf(text.trim().toLowerCase());
  if (colour >= 0) return colour + 1;
  return /^\s*0*[1-9]\d{0,8}\s*$/.test(text) ? Number(text) : undefined;
}

/** ", in colour", ", 5 channels": what is said of images whose pixels have several. */
export function inColour(channels: number): string {
  if (channels === 1) return "";
  return channels === COLOURS.length ? ", in colour" : `, ${channels} channels`;
}
