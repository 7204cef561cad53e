/** What of the plane is seen: zoomed, moved, and kept where there is something to see. */
import type { PlaneLayout, PlaneWindow } from "../../view";
import type { Point } from "./lasso";

/** How many times larger than the whole the plane can be seen: the labels of its axes need so many digits. */
export const MOST = 200;
/** How much larger with a press of a button or a key. */
export const STEP = 1.5;
/** So much of what is seen one key moves. */
const MOVE = 0.15;

type Range = readonly [from: number, to: number];
export type Plane = Pick<PlaneLayout, "x" | "y" | "width" | "height" | "window" | "whole">;

/**
 * The window `times` as large about a place on the canvas, which stays where it is; about the middle
 * where no place is given. Undefined where that is the whole plane.
 */
export function zoomed(plane: Plane, times: number, at?: Point): PlaneWindow | undefined {
  const largest = Math.min(...both((axis) => size(plane.whole[axis]) / size(plane.window[axis])));
  const smallest = Math.max(
    ...both((axis) => size(plane.whole[axis]) / size(plane.window[axis]) / MOST),
  );
  const share = Math.min(largest, Math.max(smallest, 1 / times));
  const [across, down] = at
    ? [(at[0] - plane.x) / plane.width, (at[1] - plane.y) / plane.height]
    : [0.5, 0.5];
  return kept(
    plane,
    both((axis) => {
      const [from, to] = plane.window[axis];
      const still = from + (axis === 0 ? across : 1 - down) * (to - from);
      return [still - (still - from) * share, still + (to - still) * share];
    }),
  );
}

/** The window when the plane has been dragged so many pixels to the right and down. */
export function dragged(plane: Plane, right: number, down: number): PlaneWindow | undefined {
  const by = [-right / plane.width, down / plane.height] as const;
  return kept(
    plane,
    both((axis) => {
      const [from, to] = plane.window[axis];
      const away = by[axis] * (to - from);
      return [from + away, to + away];
    }),
  );
}

/** The window after so many steps to the right and up. */
export function stepped(plane: Plane, right: number, up: number): PlaneWindow | undefined {
  return dragged(plane, -right * MOVE * plane.width, up * MOVE * plane.height);
}

/** The window, as large as it is, with a place in its middle. */
export function centred(plane: Plane, [x, y]: Point): PlaneWindow | undefined {
  const middle = [x, y] as const;
  return kept(
    plane,
    both((axis) => {
      const half = size(plane.window[axis]) / 2;
      return [middle[axis] - half, middle[axis] + half];
    }),
  );
}

/** Within the whole; undefined where it is the whole, but for rounding. */
function kept({ whole }: Plane, window: readonly [Range, Range]): PlaneWindow | undefined {
  const within = both<[number, number]>((axis) => {
    const [from, to] = window[axis];
    const [least, most] = whole[axis];
    const away = Math.max(0, least - from) || Math.min(0, most - to);
    return [from + away, to + away];
  });
  const almost = 1 - 1e-9;
  const all = both((axis) => size(within[axis]) >= almost * size(whole[axis]));
  return all[0] && all[1] ? undefined : within;
}

function size([from, to]: Range): number {
  return to - from;
}

function both<T>(of: (axis: 0 | 1) => T): [T, T] {
  return [of(0), of(1)];
}
