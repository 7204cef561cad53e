// A product of two matrices, for shaders that say what `left`, `right` and `store` are.
//
// Each invocation computes 4 x 4 numbers in registers. Matrices of this size stay in a card's
// caches, and tiles in workgroup memory made software adapters three to ten times as slow.

/// Invocations side by side; each computes every LANES-th column, so that they read memory in order.
const LANES = 8u;

struct Tile {
  rows: vec4u,
  columns: vec4u,
}

fn tile(group: vec3u, local: vec3u) -> Tile {
  let row = (group.y * LANES + local.y) * 4u;
  let column = group.x * 4u * LANES + local.x;
  return Tile(row + vec4u(0u, 1u, 2u, 3u), column + LANES * vec4u(0u, 1u, 2u, 3u));
}

/// Places beyond a matrix are computed from its last row or column, and not stored.
fn product(tile: Tile, shape: vec2u, depth: u32) {
  if tile.rows.x >= shape.x || tile.columns.x >= shape.y {
    return;
  }
  let rows = min(tile.rows, vec4u(shape.x - 1u));
  let columns = min(tile.columns, vec4u(shape.y - 1u));
  var first = vec4f();
  var second = vec4f();
  var third = vec4f();
  var fourth = vec4f();
  for (var k = 0u; k < depth; k++) {
    let b = vec4f(right(k, columns.x), right(k, columns.y), right(k, columns.z), right(k, columns.w));
    first += left(rows.x, k) * b;
    second += left(rows.y, k) * b;
    third += left(rows.z, k) * b;
    fourth += left(rows.w, k) * b;
  }
  store_row(tile.rows.x, tile.columns, shape, first);
  store_row(tile.rows.y, tile.columns, shape, second);
  store_row(tile.rows.z, tile.columns, shape, third);
  store_row(tile.rows.w, tile.columns, shape, fourth);
}

fn store_row(row: u32, columns: vec4u, shape: vec2u, sums: vec4f) {
  if row < shape.x {
    if columns.x < shape.y { store(row, columns.x, sums.x); }
    if columns.y < shape.y { store(row, columns.y, sums.y); }
    if columns.z < shape.y { store(row, columns.z, sums.z); }
    if columns.w < shape.y { store(row, columns.w, sums.w); }
  }
}
