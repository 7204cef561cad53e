/** Hands what a microphone hears to the page, as it comes. */
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: typeof AudioWorkletProcessor): void;

class Tap extends AudioWorkletProcessor {
  process([input]: Float32Array<ArrayBuffer>[][]): boolean {
    const heard = input?.[0]?.slice();
    if (heard) this.port.postMessage(heard, [heard.buffer]);
    return true;
  }
}

registerProcessor("tap", Tap);
