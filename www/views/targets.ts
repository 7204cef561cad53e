/** What the targets of several views share. */
import type { Box } from "./view";

/** Which way a key leads. */
export const STEPS: Record<string, { right: number; down: number; page: number }> = {
  ArrowLeft: { right: -1, down: 0, page: 0 },
  ArrowRight: { right: 1, down: 0, page: 0 },
  ArrowUp: { right: 0, down: -1, page: 0 },
  ArrowDown: { right: 0, down: 1, page: 0 },
  PageUp: { right: 0, down: 0, page: -1 },
  PageDown: { right: 0, down: 0, page: 1 },
};

export function inside(box: Box, x: number, y: number): boolean {
  return x >= box.x && x < box.x + box.width && y >= box.y && y < box.y + box.height;
}

export function around({ x, y, width, height }: Box, by: number): string {
  return `M${x - by} ${y - by}h${width + 2 * by}v${height + 2 * by}h${-width - 2 * by}z`;
}

export function within(position: number, count: number): number {
  return Math.max(0, Math.min(count - 1, position));
}
