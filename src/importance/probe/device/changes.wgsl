// What interventions change in their columns: which images, and by how much. One invocation each.
//
// A permutation is drawn here as keyed.rs draws it, from the same 64-bit numbers, each of which is
// two of 32 bits: first the low bits, then the high ones.

/// Images x INPUTS.
@group(0) @binding(0) var<storage, read_write> inputs: array<f32>;
/// Column, PERMUTED or ONE, and the key of the permutation or the image whose value all are given.
@group(0) @binding(1) var<storage, read_write> interventions: array<u32>;
/// The changed images of each, STRIDE places apart.
@group(0) @binding(2) var<storage, read_write> rows: array<u32>;
@group(0) @binding(3) var<storage, read_write> deltas: array<f32>;
/// The column of each and how many images it changed.
@group(0) @binding(4) var<storage, read_write> extents: array<vec2u>;
/// How many interventions.
@group(0) @binding(5) var<storage, read> parameters: array<u32>;

const ONE = 1u;

@compute @workgroup_size(GROUP)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let at = id.x;
  if at >= parameters[0] {
    return;
  }
  let column = interventions[4u * at];
  let first = at * STRIDE;
  if interventions[4u * at + 1u] == ONE {
    let value = inputs[interventions[4u * at + 2u] * INPUTS + column];
    for (var image = 0u; image < IMAGES; image++) {
      deltas[first + image] = value;
    }
  } else {
    shuffle(first, column, vec2u(interventions[4u * at + 2u], interventions[4u * at + 3u]));
  }
  // Each is put where one was read already.
  var length = 0u;
  for (var image = 0u; image < IMAGES; image++) {
    let before = inputs[image * INPUTS + column];
    let after = deltas[first + image];
    if after != before {
      rows[first + length] = image;
      deltas[first + length] = after - before;
      length++;
    }
  }
  extents[at] = vec2u(column, length);
}

/// Fisher and Yates on the values themselves.
fn shuffle(first: u32, column: u32, key: vec2u) {
  for (var image = 0u; image < IMAGES; image++) {
    deltas[first + image] = inputs[image * INPUTS + column];
  }
  var state = key;
  for (var last = IMAGES - 1u; last > 0u; last--) {
    state = sum(state, vec2u(0x7f4a7c15u, 0x9e3779b9u));
    let other = first + product(mix_bits(state).y, last + 1u).y;
    let value = deltas[first + last];
    deltas[first + last] = deltas[other];
    deltas[other] = value;
  }
}

fn mix_bits(state: vec2u) -> vec2u {
  var bits = low_product(state ^ shifted(state, 30u), vec2u(0x1ce4e5b9u, 0xbf58476du));
  bits = low_product(bits ^ shifted(bits, 27u), vec2u(0x133111ebu, 0x94d049bbu));
  return bits ^ shifted(bits, 31u);
}

fn sum(a: vec2u, b: vec2u) -> vec2u {
  let low = a.x + b.x;
  return vec2u(low, a.y + b.y + select(0u, 1u, low < a.x));
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
