// The largest number of a window, channel by channel, before and after the change.

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let id = (group.y * groups.x + group.x) * GROUP + local;
  let channel = id % CHANNELS;
  let pixel = id / CHANNELS % (BOX_HEIGHT * BOX_WIDTH);
  let place = id / (CHANNELS * BOX_HEIGHT * BOX_WIDTH);
  if !is_place(place) {
    return;
  }
  let at = origin(place, STEP + 1u) + vec2i(i32(pixel / BOX_WIDTH), i32(pixel % BOX_WIDTH));
  let begin = at * STRIDE_OF - BEFORE;
  var largest = vec2f(-3.4028234e38f);
  for (var y = 0; y < SIZE.x; y++) {
    for (var x = 0; x < SIZE.y; x++) {
      let source = begin + vec2i(y, x) * DILATION;
      if source.x >= 0 && source.x < BELOW.x && source.y >= 0 && source.y < BELOW.y {
        largest = max(largest, numbers(place, source, channel));
      }
    }
  }
  finish(place, id % (CHANNELS * BOX_HEIGHT * BOX_WIDTH), largest);
}
