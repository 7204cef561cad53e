// Adds up what the invocations of output.wgsl found in an epoch, to TOTALS numbers for the host to add.

@group(0) @binding(0) var<storage, read_write> losses: array<f32>;
@group(0) @binding(1) var<storage, read_write> totals: array<f32>;
/// How many losses; where to put their totals.
@group(0) @binding(2) var<storage, read> parameters: array<u32>;

@compute @workgroup_size(TOTALS)
fn main(@builtin(local_invocation_index) index: u32) {
  var total = 0f;
  for (var place = index; place < parameters[0]; place += TOTALS) {
    total += losses[place];
  }
  totals[parameters[1] + index] = total;
}
