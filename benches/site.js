/**
 * The site's benchmark: whole runs in a real browser, with the time of every stage and the loss
 * they end at, beside Keras' loss from the same split, weights and batch order.
 *
 * `cargo xtask bench` builds and serves the site and calls this with the names of the benchmarks
 * to run (all without a name). One JSON object a line.
 */
import { readFileSync } from "node:fs";
import { argv } from "node:process";
import { visit } from "../tests/browser/harness";
import { Lens } from "../tests/browser/lens";
const { runs: curves, versions } = JSON.parse(readFileSync("tests/oracle/keras_curve.json", "utf8"));
/** The setting of reference that Keras was recorded for. */
function recorded(name) {
    const curve = curves.find((each) => each.name === name && each.settings.seed === 1);
    if (!curve)
        throw new Error(`no curve named ${name} was recorded`);
    return curve;
}
/** Trains and explains with the settings of a recorded curve. */
async function whole(name, engine, curve) {
    const { classes, dims, epochs, seed } = curve.settings;
    const query = `?engine=${engine}&classes=${classes.join()}&dims=${dims}&epochs=${epochs}&seed=${seed}`;
    await visit({ query, webgpu: "software" }, async (page) => {
        const lens = new Lens(page);
        await lens.element.evaluate((element) => {
            const stages = {};
            Object.assign(window, { stages });
            element.addEventListener("progress", (event) => {
                const { stage, elapsed_ms } = event
                    .detail;
                stages[stage] = elapsed_ms;
            });
        });
        await lens.button("Train and explain").click();
        const { training } = await lens.finish(3600);
        const stages = await page.evaluate(() => window.stages);
        const loss = training.held_out_loss.at(-1);
        const keras = curve.held_out_loss.at(-1);
        const line = {
            name,
            engine,
            ...Object.fromEntries(Object.entries(stages).map(([stage, ms]) => [
                `${stage.replace("-", "_")}_ms`,
                Math.round(ms),
            ])),
            held_out_loss: loss,
            peer: `Keras ${versions.keras}`,
            peer_held_out_loss: keras,
            ratio: loss / keras,
        };
        console.log(JSON.stringify(line));
    });
}
const benches = [
    ["two_digits_cpu", (name) => whole(name, "cpu", recorded("two digits"))],
    ["ten_digits_cpu", (name) => whole(name, "cpu", recorded("ten digits"))],
    ["two_digits_webgpu", (name) => whole(name, "webgpu", recorded("two digits"))],
    ["ten_digits_webgpu", (name) => whole(name, "webgpu", recorded("ten digits"))],
];
const wanted = argv.slice(2);
const unknown = wanted.find((name) => !benches.some(([each]) => each === name));
if (unknown) {
    throw new Error(`there is no benchmark ${unknown}; there are ${benches.map(([name]) => name).join(", ")}`);
}
for (const [name, run] of benches) {
    if (wanted.length === 0 || wanted.includes(name))
        await run(name);
}
