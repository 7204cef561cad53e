// The draws of keyed.rs, from the same 64-bit numbers, each of which is two of 32 bits: first the low
// bits, then the high ones.

/// Steps on.
fn next(state: vec2u) -> vec2u {
  let low = state.x + 0x7f4a7c15u;
  return vec2u(low, state.y + 0x9e3779b9u + select(0u, 1u, low < state.x));
}

/// A uniform number below `bound`.
fn below(state: vec2u, bound: u32) -> u32 { return product(mix_bits(state).y, bound).y; }

fn mix_bits(state: vec2u) -> vec2u {
  var bits = low_product(state ^ shifted(state, 30u), vec2u(0x1ce4e5b9u, 0xbf58476du));
  bits = low_product(bits ^ shifted(bits, 27u), vec2u(0x133111ebu, 0x94d049bbu));
  return bits ^ shifted(bits, 31u);
}

/// To the right, by fewer than 32 places.
fn shifted(bits: vec2u, places: u32) -> vec2u {
  return vec2u((bits.x >> places) | (bits.y << (32u - places)), bits.y >> places);
}

/// All 64 bits of the product of two numbers.
fn product(a: u32, b: u32) -> vec2u {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let one = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let other = (a & 0xffffu) * (b >> 16u) + (one & 0xffffu);
  return vec2u(a * b, (a >> 16u) * (b >> 16u) + (one >> 16u) + (other >> 16u));
}

/// The low 64 bits of the product of two 64-bit numbers.
fn low_product(a: vec2u, b: vec2u) -> vec2u {
  let low = product(a.x, b.x);
  return vec2u(low.x, low.y + a.x * b.y + a.y * b.x);
}
