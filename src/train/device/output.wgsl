// The last layer: logits, of which only the binary cross-entropy against the images is kept, and its
// gradient.

/// Images x INPUTS.
@group(0) @binding(0) var<storage, read_write> inputs: array<f32>;
/// INPUTS x OUTPUTS, then the bias.
@group(0) @binding(1) var<storage, read_write> weights: array<f32>;
/// Images x OUTPUTS.
@group(0) @binding(2) var<storage, read_write> targets: array<f32>;
/// Of the mean loss in the logits, images x OUTPUTS.
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;
/// One sum an invocation, over the batches of an epoch.
@group(0) @binding(4) var<storage, read_write> losses: array<f32>;
/// How many images; whether they are the first of the epoch.
@group(0) @binding(5) var<storage, read> parameters: array<u32>;

var<private> loss = 0f;

@compute @workgroup_size(LANES, LANES)
fn main(
  @builtin(workgroup_id) group: vec3u,
  @builtin(local_invocation_id) local: vec3u,
  @builtin(local_invocation_index) index: u32,
  @builtin(num_workgroups) groups: vec3u,
) {
  product(tile(group, local), vec2u(parameters[0], OUTPUTS), INPUTS);
  let place = (group.y * groups.x + group.x) * LANES * LANES + index;
  if parameters[1] == 0u {
    loss += losses[place];
  }
  losses[place] = loss;
}

fn left(image: u32, input: u32) -> f32 { return inputs[image * INPUTS + input]; }

fn right(input: u32, output: u32) -> f32 { return weights[input * OUTPUTS + output]; }

fn store(image: u32, output: u32, sum: f32) {
  let logit = sum + weights[INPUTS * OUTPUTS + output];
  let place = image * OUTPUTS + output;
  let e = exp(-abs(logit));
  let probability = select(e, 1f, logit >= 0f) / (1f + e);
  loss += max(logit, 0f) - logit * targets[place] + log(1f + e);
  gradient[place] = (probability - targets[place]) / f32(parameters[0] * OUTPUTS);
}
