// A layer above the first, for the images that interventions changed.

/// Places x INPUTS.
@group(0) @binding(0) var<storage, read_write> inputs: array<f32>;
/// INPUTS x OUTPUTS, then the bias.
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
/// As changes.wgsl gives them.
@group(0) @binding(2) var<storage, read_write> extents: array<u32>;
/// Places x OUTPUTS.
@group(0) @binding(3) var<storage, read_write> outputs: array<f32>;
/// How many interventions.
@group(0) @binding(4) var<storage, read> parameters: array<u32>;

@compute @workgroup_size(LANES, LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  let mine = tile(group, local);
  let places = parameters[0] * STRIDE;
  let at = min(mine.rows.x, places - 1u) / STRIDE;
  // The rows of a tile belong to one intervention: STRIDE is a multiple of their number.
  if mine.rows.x - at * STRIDE < extents[at * EXTENT + LENGTH] {
    product(mine, vec2u(places, OUTPUTS), INPUTS);
  }
}

fn left(place: u32, input: u32) -> f32 { return inputs[place * INPUTS + input]; }

fn right(input: u32, output: u32) -> f32 { return weights[input * OUTPUTS + output]; }

fn store(place: u32, output: u32, sum: f32) {
  outputs[place * OUTPUTS + output] = activate(sum + weights[INPUTS * OUTPUTS + output]);
}
