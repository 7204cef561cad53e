// What a layer does to each of its sums. ACTIVATION is the key of `Activation`, PARAMETER and
// those after it are its numbers.

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
    case 10u: {
      let below = select(PARAMETER_2 * (x - PARAMETER_3), x, x >= PARAMETER_3);
      return select(below, PARAMETER, x >= PARAMETER);
    }
    case 11u: { return PARAMETER_2 * elu(x, PARAMETER); }
    case 12u: { return x * sigmoid(PARAMETER * x); }
    case 13u: { return max(x, 0f) - abs(x) * normal_tail(abs(x)); }
    case 14u: {
      let c = clamp(x, -10f, 10f);
      return x * sigmoid(1.595769f * (c + 0.044715f * c * c * c));
    }
    case 15u: { return clamp(PARAMETER * x + 0.5f, 0f, 1f); }
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

// The share of a normal distribution beyond x, which is positive: Abramowitz and Stegun, 7.1.26.
fn normal_tail(x: f32) -> f32 {
  let t = 1f / (1f + 0.23164189f * x);
  let sum = ((((1.0614054f * t - 1.453152f) * t + 1.4214137f) * t - 0.28449674f) * t + 0.2548296f) * t;
  return 0.5f * sum * exp(-0.5f * x * x);
}
