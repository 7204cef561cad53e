// What a layer does to each of its sums. ACTIVATION is the key of `Activation`, PARAMETER its number.

fn activate(x: f32) -> f32 {
  switch ACTIVATION {
    case 0u: { return max(x, 0f); }
    case 1u: { return sigmoid(x); }
    case 3u: { return select(PARAMETER * x, x, x > 0f); }
    case 4u: { return elu(x, PARAMETER); }
    case 5u: { return 1.0507009f * elu(x, 1.6732632f); }
    case 6u: { return max(x, 0f) + log(1f + exp(-abs(x))); }
    case 7u: { return x / (1f + abs(x)); }
    case 8u: { return x * sigmoid(x); }
    // Where exp(2 x) would overflow.
    case 9u: { let e = exp(-2f * abs(x)); return sign(x) * (1f - e) / (1f + e); }
    default: { return x; }
  }
}

fn sigmoid(x: f32) -> f32 {
  let e = exp(-abs(x));
  return select(e, 1f, x >= 0f) / (1f + e);
}

fn elu(x: f32, alpha: f32) -> f32 {
  return select(alpha * (exp(min(x, 0f)) - 1f), x, x > 0f);
}
