
/// Which image of the block it is.
fn image(place: u32) -> u32 { return rows[place_of_all(place)] - parameters[3] * parameters[1]; }
