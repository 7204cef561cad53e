// By a network of one layer: a sum of the unchanged image, moved along the weights of the changed
// inputs.

@group(0) @binding(4) var<storage, read_write> deltas: array<f32>;
/// Images x OUTPUTS, before the activation.
@group(0) @binding(5) var<storage, read_write> sums: array<f32>;
/// Inputs x OUTPUTS.
@group(0) @binding(6) var<storage, read_write> weights: array<f32>;
@group(0) @binding(7) var<storage, read> parameters: array<u32>;

fn moved(at: u32, place: u32, output: u32) -> f32 {
  let weight = weights[extents[at * EXTENT] * OUTPUTS + output];
  var sum = sums[rows[place] * OUTPUTS + output] + deltas[place * COLUMNS] * weight;
  for (var column = 1u; column < COLUMNS; column++) {
    let weight = weights[extents[at * EXTENT + column] * OUTPUTS + output];
    sum += deltas[place * COLUMNS + column] * weight;
  }
  return activate(sum);
}
