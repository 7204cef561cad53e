// The changes of the inputs in their box: 0 but for the columns of the feature.

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let id = (group.y * groups.x + group.x) * GROUP + local;
  let own = id % (BOX_HEIGHT * BOX_WIDTH * CHANNELS);
  let place = id / (BOX_HEIGHT * BOX_WIDTH * CHANNELS);
  if !is_place(place) {
    return;
  }
  let pixel = own / CHANNELS;
  let at = vec2u(origin(place, 0u)) + vec2u(pixel / BOX_WIDTH, pixel % BOX_WIDTH);
  let number = (at.x * WIDTH + at.y) * CHANNELS + own % CHANNELS;
  let extent = place / parameters[1] * EXTENT;
  // The columns ascend, as does what stands instead of those that are none.
  var first = 0u;
  for (var end = COLUMNS; first + 1u < end;) {
    let middle = (first + end) / 2u;
    if extents[extent + middle] <= number {
      first = middle;
    } else {
      end = middle;
    }
  }
  var change = 0f;
  if extents[extent + first] == number {
    change = delta(place_of_all(place), number);
  }
  outputs[id] = change;
}
