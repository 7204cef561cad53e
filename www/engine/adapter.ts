/** What this browser offers for WebGPU, asked once and without loading an engine. */

export type Adapter =
  | { kind: "none"; reason: string }
  | { kind: "software"; name: string }
  | { kind: "real"; name: string };

/** The little of WebGPU that is needed to ask; the engine does the rest. */
interface Gpu {
  requestAdapter(options: { powerPreference: "high-performance" }): Promise<{
    isFallbackAdapter?: boolean;
    info?: Partial<Record<"vendor" | "architecture" | "device" | "description", string>> & {
      isFallbackAdapter?: boolean;
    };
  } | null>;
}

const SOFTWARE = /swiftshader|llvmpipe|lavapipe|softpipe|software|basic render|\bwarp\b/i;

export async function findAdapter(): Promise<Adapter> {
  const gpu = (navigator as unknown as { gpu?: Gpu }).gpu;
  if (!gpu) {
    const reason = isSecureContext
      ? "this browser has no WebGPU"
      : "browsers offer WebGPU only to pages loaded over https";
    return { kind: "none", reason };
  }
  try {
    const adapter = await gpu.requestAdapter({ powerPreference: "high-performance" });
    if (!adapter) return { kind: "none", reason: "this browser offers no WebGPU adapter" };
    const { vendor, architecture, device, description, isFallbackAdapter } = adapter.info ?? {};
    const words = [vendor, architecture].filter(Boolean).join(" ");
    const name = words || description || device || "unnamed";
    const software =
      (isFallbackAdapter ?? adapter.isFallbackAdapter) ||
      SOFTWARE.test(`${words} ${device} ${description}`);
    return { kind: software ? "software" : "real", name };
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    return { kind: "none", reason: `this browser refused to name a WebGPU adapter (${words})` };
  }
}
