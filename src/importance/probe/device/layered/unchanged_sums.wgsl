
fn finish(place: u32, own: u32, number: u32, unit: u32, sum: f32) {
  let with_bias = sum + bias(unit);
  kept[place * NUMBERS + number] = with_bias;
  outputs[place * NUMBERS + number] = activate(with_bias);
}
