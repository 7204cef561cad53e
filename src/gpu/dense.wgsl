// A dense layer: activation(inputs · weight + bias).

/// Images x INPUTS.
@group(0) @binding(0) var<storage, read_write> inputs: array<f32>;
/// INPUTS x OUTPUTS, then the bias.
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
/// Images x OUTPUTS.
@group(0) @binding(2) var<storage, read_write> outputs: array<f32>;
/// How many images.
@group(0) @binding(3) var<storage, read> parameters: array<u32>;

@compute @workgroup_size(LANES, LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  product(tile(group, local), vec2u(parameters[0], OUTPUTS), INPUTS);
}

fn left(image: u32, input: u32) -> f32 { return inputs[image * INPUTS + input]; }

fn right(input: u32, output: u32) -> f32 { return weights[input * OUTPUTS + output]; }

fn store(image: u32, output: u32, sum: f32) {
  outputs[image * OUTPUTS + output] = activate(sum + weights[INPUTS * OUTPUTS + output]);
}
