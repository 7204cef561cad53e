// Shares of the exponentials of a pixel's channels, before and after the change.

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let id = (group.y * groups.x + group.x) * GROUP + local;
  let pixel = id % (BOX_HEIGHT * BOX_WIDTH);
  let place = id / (BOX_HEIGHT * BOX_WIDTH);
  if !is_place(place) {
    return;
  }
  let at = origin(place, STEP + 1u) + vec2i(i32(pixel / BOX_WIDTH), i32(pixel % BOX_WIDTH));
  var largest = numbers(place, at, 0u);
  for (var channel = 1u; channel < CHANNELS; channel++) {
    largest = max(largest, numbers(place, at, channel));
  }
  var total = vec2f();
  for (var channel = 0u; channel < CHANNELS; channel++) {
    total += exp(numbers(place, at, channel) - largest);
  }
  for (var channel = 0u; channel < CHANNELS; channel++) {
    finish(place, pixel * CHANNELS + channel, exp(numbers(place, at, channel) - largest) / total);
  }
}
