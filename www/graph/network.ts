/** A graph as the network that engines explain: two black boxes, of which one may be missing. */
import type { BlackBox, HalfOfGraph, Network } from "../network";
import type { ImageShape } from "../report";
import type { Choice, HalfDescription, Tried } from "./messages";

/** What sentences and lists of layers call a half. */
const NAME = "ONNX graph";

/** Networks that were made. */
let made = 0;

/** With a decoder alone, the latents of the images are given besides. */
export function networkOf(
  file: Blob,
  choice: Choice,
  { encoder, decoder, encode_ms, decode_ms }: Tried,
  image: ImageShape,
): Network {
  made += 1;
  const of: Omit<HalfOfGraph, "half"> = { id: made, file, image, choice };
  const latent = (encoder?.output ?? decoder?.input)!;
  const half = (name: string, { input, output, work }: HalfDescription): BlackBox => ({
    black_box: { "black-box": { name, input, output, ...(work !== undefined && { work }) } },
    activation: "linear",
  });
  const own = (described: HalfDescription, graph: HalfOfGraph): BlackBox[] => [
    { ...half(NAME, described), graph },
  ];
  return {
    input: encoder?.input ?? { image },
    encoder: encoder
      ? own(encoder, { ...of, half: "encoder", row_ms: encode_ms })
      : [half("encoder", { input: { image }, output: latent })],
    latent: decoder?.input ?? latent,
    decoder: decoder
      ? own(decoder, { ...of, half: "decoder", row_ms: decode_ms })
      : [half("decoder", { input: latent, output: { image } })],
  };
}
