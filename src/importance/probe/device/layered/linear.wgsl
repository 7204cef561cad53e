// Of each output of a layer whose sums follow their inputs linearly, the sum over what lies below it in a
// box. What follows says which that is (link), what it adds (along), where boxes lie, and what becomes of
// the sum (finish).

struct Axis {
  kernel: i32,
  stride: i32,
  dilation: i32,
  before: i32,
  /// Of what lies below: side of the box, and of all.
  box: i32,
  below: i32,
  /// After which all that is linked to an output was looked at.
  steps: i32,
}

/// Place in the kernel, place in the box, and with which share; 0 if there is no link.
struct Link {
  kernel: u32,
  at: u32,
  share: f32,
}

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let id = (group.y * groups.x + group.x) * GROUP + local;
  let unit = id % (FILTERS / TILE) * TILE;
  let pixel = id / (FILTERS / TILE) % (BOX_HEIGHT * BOX_WIDTH);
  let place = id / (FILTERS / TILE * BOX_HEIGHT * BOX_WIDTH);
  if !is_place(place) {
    return;
  }
  let source = origin(place, STEP);
  let at = origin(place, STEP + 1u) + vec2i(i32(pixel / BOX_WIDTH), i32(pixel % BOX_WIDTH));
  var sums = Numbers();
  for (var y = 0; y < ROWS.steps; y++) {
    let row = link(ROWS, at.x, source.x, y);
    if row.share == 0f {
      continue;
    }
    for (var x = 0; x < COLUMNS_OF.steps; x++) {
      let column = link(COLUMNS_OF, at.y, source.y, x);
      if column.share != 0f {
        sums += along(place, row, column, unit);
      }
    }
  }
  let number = (u32(at.x) * WIDTH + u32(at.y)) * FILTERS + unit;
  end(place, pixel * FILTERS + unit, number, unit, sums);
}
