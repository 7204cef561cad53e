// A step of Adam on a layer: the gradient of each weight is used where it is computed. See adam.rs.

/// Images x INPUTS.
@group(0) @binding(0) var<storage, read_write> inputs: array<f32>;
/// Of the loss in the layer's sums, images x OUTPUTS.
@group(0) @binding(1) var<storage, read_write> gradient: array<f32>;
/// INPUTS x OUTPUTS, then the bias.
@group(0) @binding(2) var<storage, read_write> weights: array<f32>;
/// Running means of the gradient and of its square.
@group(0) @binding(3) var<storage, read_write> first_moments: array<f32>;
@group(0) @binding(4) var<storage, read_write> second_moments: array<f32>;
/// How many images; the learning rate, corrected for the moments' start at 0.
@group(0) @binding(5) var<storage, read> parameters: array<u32>;

@compute @workgroup_size(LANES, LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  product(tile(group, local), vec2u(INPUTS + 1u, OUTPUTS), parameters[0]);
}

/// The bias is the weight of an input that is always 1.
fn left(input: u32, image: u32) -> f32 {
  return select(inputs[image * INPUTS + min(input, INPUTS - 1u)], 1f, input == INPUTS);
}

fn right(image: u32, output: u32) -> f32 { return gradient[image * OUTPUTS + output]; }

fn store(input: u32, output: u32, slope: f32) {
  let place = input * OUTPUTS + output;
  let first = FIRST_DECAY * first_moments[place] + FIRST_SHARE * slope;
  let second = SECOND_DECAY * second_moments[place] + SECOND_SHARE * slope * slope;
  first_moments[place] = first;
  second_moments[place] = second;
  weights[place] -= bitcast<f32>(parameters[1]) * first / (sqrt(second) + EPSILON);
}
