/** Two runs beside each other as a table for other programs. */
import type { ChartLayout } from "../../view";

/** One line for each pair; a dimension without a match has empty cells. */
export function csv({ by, rows }: NonNullable<ChartLayout["beside"]>): string {
  const heads = [
    ...["dimension", "pinned_dimension", "matched_by", "r"],
    ...["importance", "pinned_importance", "r_of_maps"],
  ];
  const lines = rows.map(({ dim, pinned, r, importance, maps }) => [
    ...[dim, pinned].map((each) => (each === null ? "" : `${each + 1}`)),
    dim === null || pinned === null ? "" : by,
    ...[r, ...importance, maps].map((value) =>
      value === null ? "" : `${Number(value.toPrecision(9))}`,
    ),
  ]);
  return [heads, ...lines].map((cells) => `${cells.join(",")}\n`).join("");
}
