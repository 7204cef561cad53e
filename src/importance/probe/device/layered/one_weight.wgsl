
fn weights_at(at: u32) -> f32 { return weights[at]; }
