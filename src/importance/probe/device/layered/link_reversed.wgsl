// Through a window of what lies above.

fn link(axis: Axis, output: i32, first: i32, step: i32) -> Link {
  var place = step;
  let reached = output + axis.before - step * axis.dilation;
  let input = reached / axis.stride;
  var at = select(-1i, input - first, reached >= 0 && input * axis.stride == reached);
  if axis.box < axis.kernel {
    let reached = output + axis.before - (first + step) * axis.stride;
    place = reached / axis.dilation;
    at = select(-1i, step, reached >= 0 && place < axis.kernel && place * axis.dilation == reached);
  }
  return Link(u32(place), u32(at), select(0f, 1f, at >= 0 && at < axis.box));
}
