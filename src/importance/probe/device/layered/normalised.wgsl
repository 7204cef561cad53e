// Numbers less their mean, divided by their deviation, before and after the change: the channels of a pixel,
// or all numbers of a row (PIXELS of them at once).

@compute @workgroup_size(GROUP)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(num_workgroups) groups: vec3u,
        @builtin(local_invocation_index) local: u32) {
  let id = (group.y * groups.x + group.x) * GROUP + local;
  let parts = BOX_HEIGHT * BOX_WIDTH / PIXELS;
  let begin = id % parts * PIXELS;
  let place = id / parts;
  if !is_place(place) {
    return;
  }
  let count = f32(PIXELS * CHANNELS);
  var mean = vec2f();
  for (var pixel = begin; pixel < begin + PIXELS; pixel++) {
    for (var channel = 0u; channel < CHANNELS; channel++) {
      mean += numbers_of(place, pixel, channel);
    }
  }
  mean /= count;
  var squares = vec2f();
  for (var pixel = begin; pixel < begin + PIXELS; pixel++) {
    for (var channel = 0u; channel < CHANNELS; channel++) {
      let off = numbers_of(place, pixel, channel) - mean;
      squares += off * off;
    }
  }
  let deviation = sqrt(squares / count + EPSILON);
  for (var pixel = begin; pixel < begin + PIXELS; pixel++) {
    for (var channel = 0u; channel < CHANNELS; channel++) {
      let number = (numbers_of(place, pixel, channel) - mean) / deviation;
      let weight = (pixel - begin) * CHANNELS + channel;
      let scaled = number * weights[weight] + weights[PIXELS * CHANNELS + weight];
      finish(place, pixel * CHANNELS + channel, scaled);
    }
  }
}

/// Of a pixel of the box.
fn numbers_of(place: u32, pixel: u32, channel: u32) -> vec2f {
  let at = origin(place, STEP + 1u) + vec2i(i32(pixel / BOX_WIDTH), i32(pixel % BOX_WIDTH));
  return numbers(place, at, channel);
}
