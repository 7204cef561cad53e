// Four numbers at a time.

alias Numbers = vec4f;
const TILE = 4u;

fn weights_at(at: u32) -> vec4f {
  return vec4f(weights[at], weights[at + 1u], weights[at + 2u], weights[at + 3u]);
}

fn end(place: u32, own: u32, number: u32, unit: u32, sums: vec4f) {
  finish(place, own, number, unit, sums.x);
  finish(place, own + 1u, number + 1u, unit + 1u, sums.y);
  finish(place, own + 2u, number + 2u, unit + 2u, sums.z);
  finish(place, own + 3u, number + 3u, unit + 3u, sums.w);
}
