/** What can be pointed at where several maps of one dimension stand beside each other: a pixel of one of them. */
import { around, grid, inside, type STEPS, within } from "../shared";
import type { Picture } from "../picture";
import type { Target } from "../view";

export type MapPixel = Extract<Target, { kind: "opinion" }>;

/** The pixel at a place of the canvas; undefined beside the maps. */
export function pixelAt(picture: Picture, x: number, y: number): MapPixel | undefined {
  const { maps = [] } = picture.layout;
  const map = maps.findIndex((place) => inside(place, x, y));
  const place = maps[map];
  if (!place) return undefined;
  const { columns, rows } = grid(picture);
  const column = Math.floor(((x - place.x) / place.width) * columns);
  const row = Math.floor(((y - place.y) / place.height) * rows);
  return { kind: "opinion", map, column: within(column, columns), row: within(row, rows) };
}

/** The pixel that is pointed at first: in the middle of the first map. */
export function middle(picture: Picture): MapPixel {
  const { columns, rows } = grid(picture);
  const [column, row] = [Math.floor(columns / 2), Math.floor(rows / 2)];
  return { kind: "opinion", map: 0, column, row };
}

/** Where a step leads from a pixel, within the maps and the image. */
export function stepped(
  picture: Picture,
  { map, column, row }: MapPixel,
  step: (typeof STEPS)[string],
): MapPixel {
  const { columns, rows } = grid(picture);
  return {
    kind: "opinion",
    map: within(map + step.page, picture.layout.maps?.length ?? 0),
    column: within(column + step.right, columns),
    row: within(row + step.down, rows),
  };
}

/** Around the pixel in every map, and around its own map. */
export function outlined(picture: Picture, target: MapPixel): string[] {
  const { maps = [] } = picture.layout;
  const { columns, rows } = grid(picture);
  return maps.flatMap((map, at) => {
    const pixel = {
      x: map.x + (target.column * map.width) / columns,
      y: map.y + (target.row * map.height) / rows,
      width: map.width / columns,
      height: map.height / rows,
    };
    const own = at === target.map ? [around(map, 2)] : [];
    return [...own, around(pixel, 0.5)];
  });
}
