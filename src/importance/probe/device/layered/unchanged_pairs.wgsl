
/// A number below, twice.
fn numbers(place: u32, at: vec2i, channel: u32) -> vec2f {
  let number = (place * u32(BELOW.x) + u32(at.x)) * u32(BELOW.y) + u32(at.y);
  return vec2f(below[number * CHANNELS + channel]);
}

fn finish(place: u32, own: u32, sums: vec2f) { outputs[place * OWN + own] = activate(sums.x); }
