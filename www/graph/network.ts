/** A graph as the network that engines explain: two black boxes, of which one may be missing. */
import type { BlackBox, HalfOfGraph, Network, Shape } from "../network";
import type { ImageShape } from "../report";
import type { Choice, Tried } from "./messages";

/** What sentences and lists of layers call a half. */
const NAME = "ONNX graph";

/** Networks that were made. */
let made = 0;

/** Throws a sentence where there is no encoder: nobody has latents to begin with. */
export function networkOf(
  file: Blob,
  choice: Choice,
  { encoder, decoder, encode_ms, decode_ms }: Tried,
  image: ImageShape,
): Network {
  if (!encoder) {
    throw new Error(
      "The ONNX graph is a decoder alone, which cannot be explained here without latents: bring the whole model or its encoder, or explain it in the terminal.",
    );
  }
  made += 1;
  const of: Omit<HalfOfGraph, "half"> = { id: made, file, image, choice };
  const { input, output: latent } = encoder;
  const half = (name: string, input: Shape, output: Shape, graph?: HalfOfGraph): [BlackBox] => [
    {
      black_box: { "black-box": { name, input, output } },
      activation: "linear",
      ...(graph && { graph }),
    },
  ];
  return {
    input,
    encoder: half(NAME, input, latent, { ...of, half: "encoder", row_ms: encode_ms }),
    latent: decoder?.input ?? latent,
    decoder: decoder
      ? half(NAME, decoder.input, decoder.output, { ...of, half: "decoder", row_ms: decode_ms })
      : half("decoder", latent, { image }),
  };
}
