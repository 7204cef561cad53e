/** Functions as the network that engines explain: a black box each, of which the decoder may be missing. */
import type { HalvesDescription } from "../graph/messages";
import type { BlackBox, Network, Shape } from "../network";
import type { ImageShape } from "../report";
import type { HalfName } from "./messages";

/** `encodes`: where it does not, latents are given besides. */
export function networkOf(
  { encoder, decoder }: Pick<HalvesDescription, "encoder" | "decoder">,
  image: ImageShape,
  encodes: boolean,
): Network {
  const latent = encoder!.output;
  const half = (name: string, input: Shape, output: Shape, own?: HalfName): [BlackBox] => [
    {
      black_box: { "black-box": { name, input, output } },
      activation: "linear",
      ...(own && { own }),
    },
  ];
  return {
    input: { image },
    encoder: encodes
      ? half("function encode", { image }, latent, "encode")
      : half("encoder", { image }, latent),
    latent,
    decoder: decoder
      ? half("function decode", latent, { image }, "decode")
      : half("decoder", latent, { image }),
  };
}

/** It as others can have it: without what only this page or program can ask. */
export function withoutFunctions({ encoder, decoder, ...others }: Network): Network {
  const half = (layers: Network["encoder"]) =>
    layers.map((layer) => {
      if (!layer.black_box) return layer;
      const { own: _, ...rest } = layer;
      return rest;
    });
  return { ...others, encoder: half(encoder), decoder: half(decoder) };
}
