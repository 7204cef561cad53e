// Between the pixels of an image that becomes so many (stride) times as large, and then has so many
// (kernel).

fn link(axis: Axis, output: i32, first: i32, step: i32) -> Link {
  var exact = f32(output / axis.stride);
  if INTERPOLATION == 1u {
    exact = max((f32(output) + 0.5f) / f32(axis.stride) - 0.5f, 0f);
  }
  if INTERPOLATION == 2u {
    exact = f32(output * (axis.below - 1)) / f32(max(axis.kernel - 1, 1));
  }
  let last = axis.below - 1;
  let input = min(i32(exact), last);
  let share = exact - f32(input);
  let at = min(input + step, last) - first;
  let own = select(share, 1f - share, step == 0);
  return Link(0u, u32(at), select(0f, own, at >= 0 && at < axis.box));
}
