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
  for (var column = 0u; column < COLUMNS; column++) {
    let delta = deltas[place_of_all(place) * COLUMNS + column];
    sum += delta * weights[extents[extent + column] * FILTERS + unit];
  }
  finish(place, unit, unit, unit, sum);
}
