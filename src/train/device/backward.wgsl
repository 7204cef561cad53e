// The gradient of the loss in a hidden layer's sums, from that in the sums of the layer above.

/// Images x OUTPUTS.
@group(0) @binding(0) var<storage, read_write> gradient: array<f32>;
/// Of the layer above, INPUTS x OUTPUTS.
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
/// What the hidden layer gave, images x INPUTS: 0 where its ReLU stopped the sum.
@group(0) @binding(2) var<storage, read_write> inputs: array<f32>;
/// Images x INPUTS.
@group(0) @binding(3) var<storage, read_write> propagated: array<f32>;
/// How many images.
@group(0) @binding(4) var<storage, read> parameters: array<u32>;

@compute @workgroup_size(LANES, LANES)
fn main(@builtin(workgroup_id) group: vec3u, @builtin(local_invocation_id) local: vec3u) {
  product(tile(group, local), vec2u(parameters[0], INPUTS), OUTPUTS);
}

fn left(image: u32, output: u32) -> f32 { return gradient[image * OUTPUTS + output]; }

fn right(output: u32, input: u32) -> f32 { return weights[input * OUTPUTS + output]; }

fn store(image: u32, input: u32, sum: f32) {
  let place = image * INPUTS + input;
  propagated[place] = select(0f, sum, inputs[place] > 0f);
}
