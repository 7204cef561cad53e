// The same numbers in another order: number i is number order[i] of those below.

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let id = (group.y * groups.x + group.x) * GROUP + local;
  let number = id % NUMBERS;
  let place = id / NUMBERS;
  if !is_place(place) {
    return;
  }
  let source = order[number];
  let pixel = source / CHANNELS;
  let at = vec2i(i32(pixel / WIDTH_BELOW), i32(pixel % WIDTH_BELOW)) - origin(place, STEP);
  var sum = 0f;
  if at.x >= 0 && at.x < BOX_BELOW.x && at.y >= 0 && at.y < BOX_BELOW.y {
    let pixels = (i32(place) * BOX_BELOW.x + at.x) * BOX_BELOW.y + at.y;
    sum = below[u32(pixels) * CHANNELS + source % CHANNELS];
  }
  finish(place, number, number, number, sum);
}

fn bias(number: u32) -> f32 { return 0f; }
