
/// A number below, before and after the change.
fn numbers(place: u32, at: vec2i, channel: u32) -> vec2f {
  let number = (image(place) * u32(BELOW.x) + u32(at.x)) * u32(BELOW.y) + u32(at.y);
  let before = kept[number * CHANNELS + channel];
  let own = at - origin(place, STEP);
  if own.x < 0 || own.x >= BOX_BELOW.x || own.y < 0 || own.y >= BOX_BELOW.y {
    return vec2f(before);
  }
  let source = (place * u32(BOX_BELOW.x) + u32(own.x)) * u32(BOX_BELOW.y) + u32(own.y);
  return vec2f(before, before + below[source * CHANNELS + channel]);
}

fn finish(place: u32, own: u32, sums: vec2f) {
  outputs[place * OWN + own] = activate(sums.y) - activate(sums.x);
}
