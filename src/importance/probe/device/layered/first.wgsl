// Sums of a dense layer that takes the inputs, by the columns that changed.

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let id = (group.y * groups.x + group.x) * GROUP + local;
  let unit = id % FILTERS;
  let place = id / FILTERS;
  if !is_place(place) {
    return;
  }
  let extent = place / parameters[1] * EXTENT;
  var sum = 0f;
  for (var at = 0u; at < COLUMNS; at++) {
    let column = extents[extent + at];
    if column == NO_COLUMN {
      break;
    }
    sum += delta(place_of_all(place), column) * weights[column * FILTERS + unit];
  }
  finish(place, unit, unit, unit, sum);
}
