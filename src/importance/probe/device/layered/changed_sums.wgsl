
/// The change of an output, from that of its sum.
fn finish(place: u32, own: u32, number: u32, unit: u32, sum: f32) {
  let before = kept[image(place) * NUMBERS + number];
  outputs[place * OWN + own] = activate(before + sum) - activate(before);
}
