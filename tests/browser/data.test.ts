/** Images of a visitor's own and of the paper's other experiments, from file to figure. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { test } from "node:test";

import type { Locator, Page, Route } from "playwright-core";

import {
  bytes,
  csv,
  type Fixture,
  gzip,
  idxImages,
  idxLabels,
  npy,
  png,
  rdata,
  set,
  wav,
  zip,
} from "./files";
import { type Options, screenshot, until, visit } from "./harness";
import { Lens } from "./lens";

/** What a visitor does with the page's data, and sees of it. */
class Data extends Lens {
  readonly panel = this.element.locator("[part=images]");
  readonly card = this.element.locator("[part=preview]");
  readonly refusal = this.panel.locator("[part=data] > .refusal");
  readonly credit = this.element.locator("[part=credit]");

  async unfold(): Promise<void> {
    await this.unfoldPanel("images");
    await this.button(/MNIST digits 0 and 1/).waitFor();
  }

  async pick(files: Fixture[]): Promise<void> {
    const payload = files.map(({ name, bytes }) => ({
      name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from(bytes),
    }));
    await this.element.locator("input[type=file][multiple]").first().setInputFiles(payload);
  }

  async drop(files: Fixture[]): Promise<void> {
    await this.dropOn(this.element, files);
  }

  async dropOn(target: Locator, files: Fixture[]): Promise<void> {
    const payload = files.map(({ name, bytes }) => ({ name, bytes: [...bytes] }));
    const transfer = await this.page.evaluateHandle((all) => {
      const carried = new DataTransfer();
      for (const { name, bytes } of all) carried.items.add(new File([new Uint8Array(bytes)], name));
      return carried;
    }, payload);
    for (const type of ["dragenter", "dragover", "drop"]) {
      await target.dispatchEvent(type, { dataTransfer: transfer });
    }
  }

  /** Gives files to a field of the preview. */
  async test(field: string, files: Fixture[]): Promise<void> {
    const payload = files.map(({ name, bytes }) => ({
      name,
      mimeType: "application/octet-stream",
      buffer: Buffer.from(bytes),
    }));
    await this.card.getByLabel(field).setInputFiles(payload);
  }

  /** Until the preview says so of the images, in the words of the page. */
  async shows(facts: RegExp, of = ""): Promise<void> {
    let said = "nothing";
    const agrees = async () => {
      const list = this.card.locator("dl").filter({ has: this.page.locator("dt") });
      if (!(await list.isVisible())) return false;
      said = (await list.innerText()).replaceAll("\n", " ");
      return facts.test(said);
    };
    await until(agrees, () => `${of} ${said} is not ${facts}`);
  }

  /** Uses what is proposed, and trains for a moment. */
  async use(): Promise<void> {
    await this.button(/^Use these (images|signals|rows)$/).click();
    await this.card.waitFor({ state: "hidden" });
    await this.status.getByText(/(image|signal|row)s to learn from|results below/).waitFor();
  }
}

const QUICK = "?engine=cpu&dims=3&epochs=2&permutations=1";

async function withData(
  use: (data: Data, page: Page) => Promise<void>,
  options: Options = {},
): Promise<void> {
  // Chromium has advice for who reads canvases, as the charts do.
  await visit({ query: QUICK, expected: /willReadFrequently/, ...options }, async (page) => {
    const data = new Data(page);
    await data.reach(["idle"]);
    await data.unfold();
    await use(data, page);
  });
}

const TALL = set(3, 10, 12, 8);
const NAMES = ["cat", "dog", "owl"];
const named = (label: number) => NAMES[label]!;

const pictures = TALL.images.map((image, at) => ({
  name: `${named(TALL.labels[at]!)}_${at}.png`,
  bytes: png(image, TALL.height, TALL.width),
}));

const FORMATS: Record<string, { files: Fixture[]; facts: RegExp; notes?: RegExp }> = {
  "IDX, one of them packed": {
    files: [
      { name: "toy-images-idx3-ubyte.gz", bytes: gzip(idxImages(TALL)) },
      { name: "toy-labels-idx1-ubyte", bytes: idxLabels(TALL) },
    ],
    facts:
      /Format IDX Images 30 of 12 × 8 pixels Values 0 to 255; divided by 255 \(proposed\) 3 classes 0 \(10\), 1 \(10\), 2 \(10\)/,
  },
  "a CSV table in a zip": {
    files: [
      { name: "toy.zip", bytes: zip([{ name: "toy.csv", bytes: csv(set(3, 10, 8, 8), named) }]) },
    ],
    facts:
      /Format CSV table Images 30 of 8 × 8 pixels .* 3 classes cat \(10\), dog \(10\), owl \(10\)/,
  },
  "NumPy arrays": {
    files: [
      {
        name: "toy.npz",
        bytes: zip([
          { name: "x.npy", bytes: npy([30, 12, 8], TALL.images.flat()) },
          { name: "y.npy", bytes: npy([30], TALL.labels) },
        ]),
      },
    ],
    facts:
      /Format NumPy arrays Images 30 of 12 × 8 pixels .* 3 classes 0 \(10\), 1 \(10\), 2 \(10\)/,
  },
  pictures: {
    files: pictures,
    facts:
      /Format pictures Images 30 of \d+ × \d+ pixels .* 3 classes cat \(10\), dog \(10\), owl \(10\)/,
  },
  "recordings in a zip": {
    files: [
      {
        name: "spoken.zip",
        bytes: zip(
          [0, 1].flatMap((digit) =>
            [0, 1, 2].map((take) => ({
              name: `${digit}_01_${take}.wav`,
              bytes: wav(digit ? 3000 + 40 * take : 1500 + 40 * take),
            })),
          ),
        ),
      },
    ],
    facts:
      /Format recordings, as spectrograms Images 6 of 32 × 32 pixels .* 2 classes 0 \(3\), 1 \(3\)/,
  },
};

test("every form of files is understood and shown before anything runs", async () => {
  await withData(async (data) => {
    for (const [form, { files, facts }] of Object.entries(FORMATS)) {
      await data.pick(files);
      await data.shows(facts, form);
      assert.ok((await data.card.locator("figure canvas").count()) >= 6, form);
      await data.button("Keep the present ones").click();
      await data.card.waitFor({ state: "hidden" });
    }
    assert.match(await data.panel.innerText(), /MNIST digits: 10,000 images of 28 × 28/);
  });
});

test("a run that is asked for while chosen images are on their way is one of them, or none", async () => {
  await withData(
    async (data) => {
      await data.drop([{ name: "toy.csv", bytes: csv(set(2, 20, 6, 6)) }]);
      await data.card.locator("dl").waitFor();
      // Both in one go, before anything can have come.
      const use = await data.button("Use these images").elementHandle();
      const run = await data.button("Train and explain").elementHandle();
      await data.page.evaluate(
        ([use, run]) => [use, run].map((each) => (each as HTMLElement).click()),
        [use, run] as const,
      );
      const report = await data.finish();
      assert.equal(report.data.name, "toy.csv");

      await data.unfold();
      await data.button(/Fashion-MNIST/).click();
      await data.panel.getByText(/^Downloading Fashion-MNIST/).waitFor();
      await data.button("Run again").click();
      await data.reach(["loading"]);
      await data.panel.getByRole("button", { name: "Cancel" }).click();
      await data.reach(["idle"]);
      assert.match(await data.fold("images").innerText(), /toy\.csv/);
    },
    {
      before: async (page) => {
        await listed(page, FASHION_FILES);
        // A server that never answers.
        await page.route("**/data/download/*", () => {});
      },
    },
  );
});

test("dropped pictures that are not square become the figure, by the names of their classes", async () => {
  await withData(async (data, page) => {
    await data.drop([{ name: "toy.csv", bytes: csv(TALL, named) }]);
    // A row of 96 numbers does not say how tall an image is.
    await data.refusal.getByText(/toy\.csv.*96 values/s).waitFor();
    await data.card.getByLabel("Height of an image").fill("12");
    await data.card.getByLabel("Width").fill("8");
    await data.button("Read again with these").click();
    await data.shows(/Images 30 of 12 × 8 pixels/);
    assert.equal(await data.refusal.innerText(), "");
    await screenshot(page, "data preview");

    await data.use();
    assert.match(await data.panel.innerText(), /toy\.csv: 30 images of 12 × 8/);
    assert.match(await data.credit.innerText(), /toy\.csv, from this machine; they stay on it/);
    assert.match(page.url(), /dataset=own&classes=cat,dog,owl/);
    await data.unfoldPanel("images");
    const chips = data.panel.locator(".chips label");
    assert.deepEqual(await chips.allInnerTexts(), NAMES);
    assert.match(await data.fold("images").innerText(), /toy\.csv · all 3 classes/);

    await data.button("Train and explain").click();
    const report = await data.finish();
    assert.deepEqual(
      report.classes.map(({ name }) => name),
      NAMES,
    );
    assert.equal(report.pixel_importance.mean.shape[0], 96);
    const label = (await data.figure.getAttribute("aria-label"))!;
    assert.match(label, /cat/);
    const [width, height] = await data.element
      .locator("[part=samples] canvas")
      .first()
      .evaluate((canvas) => {
        const { width, height } = canvas.getBoundingClientRect();
        return [width, height];
      });
    assert.ok(Math.abs(width! / height! - 8 / 12) < 0.05, `drawn ${width} × ${height}`);
    await screenshot(page, "own data");

    // Back are the digits, forward one's own images, which are still here.
    await page.goBack();
    await data.panel.getByText(/MNIST digits: 10,000 images/).waitFor();
    await page.goForward();
    await data.panel.getByText(/toy\.csv: 30 images/).waitFor();
  });
});

test("what cannot be read is refused with file and remedy, and touches nothing", async () => {
  await withData(async (data) => {
    const whole = csv(set(2, 4, 4, 4));
    for (const [files, sentence] of [
      [[{ name: "empty.csv", bytes: bytes() }], /empty\.csv: The file is empty\. Choose/],
      [[{ name: "words.txt", bytes: bytes("once upon a time") }], /words\.txt/],
      [[{ name: "cut-idx3-ubyte", bytes: idxImages(TALL).subarray(0, 500) }], /cut-idx3-ubyte/],
      [
        [{ name: "torn.zip", bytes: zip([{ name: "a.csv", bytes: whole }]).subarray(0, 200) }],
        /torn\.zip/,
      ],
      [[{ name: "ragged.csv", bytes: bytes(whole, "\n1,2,3") }], /ragged\.csv.*10/s],
      [
        [
          { name: "one.png", bytes: pictures[0]!.bytes },
          { name: "two.wav", bytes: wav(440) },
        ],
        /one\.png.*two\.wav.*Choose files of one form/s,
      ],
    ] as const) {
      await data.pick([...files]);
      await data.refusal.getByText(sentence).waitFor();
      assert.equal(await data.card.isVisible(), false);
    }
    assert.match(await data.fold("images").innerText(), /MNIST digits/);
    await data.button("Train and explain").click();
    assert.deepEqual(
      (await data.finish()).classes.map(({ label }) => label),
      [0, 1],
    );
  });
});

/** Serves a file from another origin, and says whether other pages may read it. */
async function elsewhere(
  bytes: Uint8Array,
  allow: boolean,
  use: (address: string) => Promise<void>,
): Promise<void> {
  const server: Server = createServer((_, response) => {
    if (allow) response.setHeader("access-control-allow-origin", "*");
    response.end(bytes);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/toy.csv`);
  } finally {
    server.close();
  }
}

test("an address is fetched where its server allows that, and else says what to do", async () => {
  const table = csv(set(2, 4, 8, 8));
  // That another origin is asked is what is tested; the browser reports what it forbids.
  const expected = /willReadFrequently|request to|CORS|Failed to load|ERR_/;
  await withData(
    async (data) => {
      const fetchFrom = async (address: string) => {
        await data.panel.getByLabel("or an address").fill(address);
        await data.button("Fetch").click();
      };
      await fetchFrom("toy.csv");
      await data.refusal.getByText(/“toy\.csv” is no address.*https:/).waitFor();
      await elsewhere(table, false, async (address) => {
        await fetchFrom(address);
        await data.refusal
          .getByText(/gave this page no answer.*Download toy\.csv.*choose it here/)
          .waitFor();
        assert.equal(await data.card.isVisible(), false);
      });
      await elsewhere(table, true, async (address) => {
        await fetchFrom(address);
        await data.shows(/CSV table Images 8 of 8 × 8 pixels/);
        assert.equal(await data.refusal.innerText(), "");
      });
    },
    { expected },
  );
});

const FASHION = set(10, 4, 28, 28);
const FASHION_TEST = set(10, 3, 28, 28);
/** Of the real files' form; the images are long enough to be cut off in the middle. */
const FASHION_FILES: Record<string, Uint8Array> = {
  "train-images-idx3-ubyte.gz": gzip(idxImages(FASHION)),
  "train-labels-idx1-ubyte.gz": gzip(idxLabels(FASHION)),
  "t10k-images-idx3-ubyte.gz": gzip(idxImages(FASHION_TEST)),
  "t10k-labels-idx1-ubyte.gz": gzip(idxLabels(FASHION_TEST)),
};
const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

/** What a preset downloads, in the place of the paper's: from a folder of the site, and small. */
interface Listed {
  settings: { dataset: string };
  files?: { base: string; list: { name: string; md5?: string }[] };
}

/** Lists presets whose files come from the site, with the checksums of those. */
function listed(page: Page, files: Record<string, Uint8Array>): Promise<unknown> {
  return page.route("**/data/presets.json", async (route) => {
    const response = await route.fetch();
    const presets = (await response.json()) as Listed[];
    for (const preset of presets) {
      if (!preset.files) continue;
      preset.files.base = new URL("download/", route.request().url()).href;
      for (const file of preset.files.list) {
        if (file.md5) file.md5 = md5(files[file.name]!);
      }
    }
    await route.fulfill({ response, json: presets });
  });
}

/** Serves them, and remembers what was asked for. */
function served(page: Page, files: Record<string, Uint8Array>, asked: string[]): Promise<unknown> {
  return page.route("**/data/download/*", async (route: Route) => {
    const name = new URL(route.request().url()).pathname.split("/").at(-1)!;
    const range = await route.request().headerValue("range");
    asked.push(range ? `${name} ${range}` : name);
    const body = files[name];
    if (!body) return route.fulfill({ status: 404 });
    const from = Number(/\d+/.exec(range ?? "")?.[0] ?? 0);
    await route.fulfill({ status: range ? 206 : 200, body: Buffer.from(body.subarray(from)) });
  });
}

test("a preset is downloaded once, on demand, and comes from the cache afterwards", async () => {
  const asked: string[] = [];
  await withData(
    async (data, page) => {
      assert.deepEqual(asked, []);
      await data.button(/Fashion-MNIST/).click();
      await data.panel.getByText(/Fashion-MNIST: 70 images of 28 × 28/).waitFor();
      assert.deepEqual(asked.sort(), Object.keys(FASHION_FILES).sort());
      const query = new URL(page.url()).searchParams;
      assert.equal(query.get("dataset"), "fashion-mnist");
      assert.equal(query.get("dims"), "32");
      assert.equal(query.get("epochs"), "100");
      assert.equal(query.get("classes"), "0,1,2,3,4,5,6,7,8,9");
      // The publisher's own training set and test set.
      await data.status.getByText(/40 images to learn from, 30 held/).waitFor();
      assert.match(await data.credit.innerText(), /Fashion-MNIST, MIT\. Source: H\. Xiao/);
      const preset = data.panel.getByRole("button", { name: /Fashion-MNIST/ });
      assert.equal(await preset.getAttribute("aria-pressed"), "true");

      await page.goto(`${page.url()}&epochs=1`.replace("epochs=100&", ""));
      await data
        .fold("images")
        .getByText(/Fashion-MNIST/)
        .waitFor();
      assert.equal(asked.length, 4, "nothing was asked for again");
      await data.unfoldPanel("images");
      await data.panel.locator(".chips").getByText("Ankle boot").waitFor();
    },
    {
      before: async (page) => {
        await listed(page, FASHION_FILES);
        await served(page, FASHION_FILES, asked);
      },
    },
  );
});

test("a download that broke off goes on where it was; a damaged one is thrown away", async () => {
  const asked: string[] = [];
  const name = "train-images-idx3-ubyte.gz";
  const half = Math.floor(FASHION_FILES[name]!.length / 2);
  let damage = true;
  await withData(
    async (data, page) => {
      // As it is left when a connection breaks: the first half is kept as a piece.
      await page.evaluate(
        async ({ bytes, name }) => {
          const url = new URL(`data/download/${name}`, location.href);
          url.searchParams.set("latent-lens-piece", "0");
          const cache = await caches.open("latent-lens-data");
          await cache.put(url, new Response(new Uint8Array(bytes)));
        },
        { bytes: [...FASHION_FILES[name]!.subarray(0, half)], name },
      );
      await data.button(/Fashion-MNIST/).click();
      await data.refusal
        .getByText(/t10k-labels.*is not what its owner published.*download it again/)
        .waitFor();
      assert.ok(asked.includes(`${name} bytes=${half}-`), asked.join());
      assert.match(await data.fold("images").innerText(), /MNIST digits/);

      damage = false;
      asked.length = 0;
      await data.button(/Fashion-MNIST/).click();
      await data.panel.getByText(/Fashion-MNIST: 70 images of 28 × 28/).waitFor();
      assert.deepEqual(asked, ["t10k-labels-idx1-ubyte.gz"], "only what was damaged");
    },
    {
      before: async (page) => {
        await listed(page, FASHION_FILES);
        await served(page, FASHION_FILES, asked);
        await page.route("**/data/download/t10k-labels*", async (route) => {
          if (!damage) return route.fallback();
          asked.push("damaged");
          await route.fulfill({
            body: Buffer.from(bytes(FASHION_FILES["t10k-labels-idx1-ubyte.gz"]!, "!")),
          });
        });
      },
    },
  );
});

test("a download can be cancelled, and leaves everything as it was", async () => {
  await withData(
    async (data) => {
      await data.button(/Fashion-MNIST/).click();
      await data.panel.getByText(/^Downloading Fashion-MNIST/).waitFor();
      await data.panel.getByRole("progressbar").waitFor();
      await data.panel.getByRole("button", { name: "Cancel" }).click();
      await data.panel.getByRole("progressbar").waitFor({ state: "hidden" });
      assert.equal(await data.refusal.innerText(), "");
      assert.match(await data.fold("images").innerText(), /MNIST digits/);
    },
    {
      before: async (page) => {
        await listed(page, FASHION_FILES);
        // A server that never answers.
        await page.route("**/data/download/*", () => {});
      },
    },
  );
});

test("vowels come upright and by their names, and where the network refuses it says so", async () => {
  const labels = [10, 14, 18, 24, 30];
  const table = (each: number) => {
    const letters = set(5, each, 28, 28);
    // As R writes what it took for names of columns: the first image's values, in quotation marks.
    const rows = letters.images.map((image, at) => [labels[letters.labels[at]!], ...image].join());
    const header = ["X41", ...letters.images[0]!.map((_, at) => `X0.${at}`)].map(
      (each) => `"${each}"`,
    );
    return bytes([header.join(), ...rows].join("\n"));
  };
  const files: Record<string, Uint8Array> = {
    "EMNIST_Data.zip": zip([
      { name: "EMNIST_Data/ltr_train.csv", bytes: table(4) },
      { name: "EMNIST_Data/ltr_test.csv", bytes: table(3) },
    ]),
  };
  await withData(
    async (data) => {
      await data.button(/AudioMNIST/).click();
      await data.refusal.getByText(/HTTP status 404 for AUDIO_MNIST_DATA\.zip/).waitFor();
      await data.button(/EMNIST vowels/).click();
      await data.panel.getByText(/EMNIST vowels: 35 images of 28 × 28/).waitFor();
      await data.status.getByText(/20 images to learn from, 15 held/).waitFor();
      await data.unfoldPanel("images");
      const chips = data.panel.locator(".chips label");
      assert.deepEqual(await chips.allInnerTexts(), ["A", "E", "I", "O", "U"]);
      // The files hold bars that stand; turned about the diagonal they lie.
      const upright = await data.element
        .locator("[part=samples] canvas")
        .first()
        .evaluate((element) => {
          const canvas = element as HTMLCanvasElement;
          const { data } = canvas.getContext("2d")!.getImageData(0, 0, 28, 28);
          const shade = (row: number, column: number) => data[4 * (28 * row + column) + 3]!;
          return [shade(0, 5), shade(5, 0)];
        });
      assert.ok(upright[0]! > 200 && upright[1]! < 60, `${upright}`);
    },
    {
      expected: /willReadFrequently|404/,
      before: async (page) => {
        await listed(page, FASHION_FILES);
        await served(page, files, []);
      },
    },
  );
});

test("spoken digits have labels for their test images alone, and all others are trained on", async () => {
  const images = (count: number, digits: number) => {
    const spoken = set(digits, count / digits, 32, 32);
    const header = spoken.images[0]!.map((_, at) => `"V${at + 1}"`).join();
    const rows = spoken.images.map((image) => image.map((shade) => shade / 255).join());
    return { spoken, table: bytes([header, ...rows].join("\n")) };
  };
  const test = images(20, 10);
  const folder = "AUDIO_MNIST_DATA/";
  const places = test.spoken.labels.map((_, at) => 3 * at + 1);
  const files: Record<string, Uint8Array> = {
    "AUDIO_MNIST_DATA.zip": zip([
      { name: `${folder}test_images.csv`, bytes: test.table },
      { name: `${folder}test_indices.RData`, bytes: rdata("test_indices", places) },
      { name: `${folder}train_images.csv`, bytes: images(60, 10).table },
      { name: `${folder}y_test.RData`, bytes: rdata("y_test", test.spoken.labels) },
    ]),
  };
  await withData(
    async (data, page) => {
      await data.button(/AudioMNIST/).click();
      await data.panel.getByText(/AudioMNIST: 80 images of 32 × 32/).waitFor();
      await data.status.getByText(/60 images to learn from, 20 held/).waitFor();
      const url = page.url().replace(/hidden-layers=[^&]*/, "hidden-layers=");
      await page.goto(`${url.replace("dims=32", "dims=3")}&epochs=2`.replace("epochs=100&", ""));
      await data
        .fold("images")
        .getByText(/AudioMNIST/)
        .waitFor();
      await data.button("Train and explain").click();
      const report = await data.finish();
      assert.deepEqual(
        report.classes.map(({ name, held_out }) => [name, held_out]),
        [..."0123456789"].map((digit) => [digit, 2]),
      );
    },
    {
      before: async (page) => {
        await listed(page, FASHION_FILES);
        await served(page, files, []);
      },
    },
  );
});

test("a link to images that are not here says so, and what to do", async () => {
  const expected = /willReadFrequently/;
  await visit({ query: "?dataset=own&engine=cpu", expected }, async (page) => {
    const data = new Data(page);
    await data.reach(["error"]);
    assert.match(
      await data.status.innerText(),
      /somebody’s own.*choose the same files under Images/s,
    );
    await data.button("Choose images").click();
    await data.pick([{ name: "toy.csv", bytes: csv(set(2, 6, 8, 8), named) }]);
    await data.button("Use these images").click();
    await data.panel.getByText(/toy\.csv: 12 images/).waitFor();
  });
  const before = async (page: Page) => {
    await listed(page, FASHION_FILES);
    await served(page, FASHION_FILES, []);
  };
  const query =
    "?dataset=fashion-mnist&classes=0,9&dims=3&epochs=1&permutations=1&engine=cpu&autorun";
  await visit({ query, expected, before }, async (page) => {
    const data = new Data(page);
    await data.reach(["error"]);
    assert.match(
      await data.status.innerText(),
      /Fashion-MNIST are not on this machine yet: download/,
    );
    await data.button("Download").click();
    await data.reach(["done"]);
    const report = await data.report();
    assert.deepEqual(
      report.classes.map(({ name }) => name),
      ["T-shirt/top", "Ankle boot"],
    );
  });
});

test("spoken digits are recorded, deleted, looked at and used", async () => {
  await withData(
    async (data, page) => {
      await data.panel.getByText("Record spoken digits").click();
      const recordings = data.panel.locator("[part=recordings]");
      await data.button("Switch the microphone on").click();
      await data.button("Switch the microphone off").waitFor();
      const said = recordings.getByLabel("What is said");
      const takes = recordings.locator(".takes li");
      for (const [at, name] of ["0", "0", "0", "1", "1"].entries()) {
        await said.fill(name);
        const record = data.button(/^(Record|Stop)$/);
        // One is ended early, by hand, and within the page: a click from outside may be late.
        await record.evaluate(async (button: HTMLElement, early) => {
          button.click();
          await new Promise((next) => setTimeout(next, 300));
          if (early && button.textContent === "Stop") button.click();
        }, at === 1);
        await takes.nth(at).waitFor();
        await data.button(/^Record$/).waitFor();
      }
      await data.button("Delete take 3, 0").click();
      assert.deepEqual(await takes.locator("span").allInnerTexts(), ["0", "0", "1", "1"]);
      await screenshot(page, "recordings");
      await data.button("Look at these recordings").click();
      await data.shows(/recordings, as spectrograms Images 4 of 32 × 32 pixels/);
      await data.use();
      await data.panel.getByText(/Your recordings: 4 images of 32 × 32/).waitFor();
      await data.button("Switch the microphone off").click();
      await data.button("Switch the microphone on").waitFor();
    },
    {
      arguments: ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream"],
    },
  );
});

test("a microphone that is refused is a sentence", async () => {
  await withData(
    async (data) => {
      await data.panel.getByText("Record spoken digits").click();
      await data.button("Switch the microphone on").click();
      await data.panel.getByText(/may not use the microphone: allow it/).waitFor();
    },
    { arguments: ["--use-fake-device-for-media-stream", "--deny-permission-prompts"] },
  );
});

/** A table with named columns: two that tell the classes apart, one that says nothing. */
function table(
  count: number,
  names: string[],
  row = (at: number) => [at % 7, 40 + at, 0.5],
): Uint8Array {
  const rows = Array.from({ length: count }, (_, at) =>
    [...row(at), `"${names[at % names.length]}"`].join(),
  );
  return bytes(["height,weight,constant,kind", ...rows].join("\n"));
}

test("classes are called what people call them, in the form, the address and refusals", async () => {
  const names = ["ox, old", "black cat", "cafe\u0301"];
  await withData(async (data, page) => {
    await data.pick([{ name: "pets.csv", bytes: table(60, names) }]);
    await data.shows(
      /Labels The labels are those of the column kind\. Another column can be chosen below\./,
    );
    await data.use();
    await data.unfoldPanel("images");
    const chips = data.panel.locator(".chips label");
    // In natural order, and composed.
    assert.deepEqual(await chips.allInnerTexts(), ["black cat", "caf\u00e9", "ox, old"]);
    await data.element.getByRole("checkbox", { name: "black cat" }).uncheck({ force: true });
    const query = () => new URL(page.url()).searchParams.get("classes");
    assert.equal(query(), 'caf\u00e9,"ox, old"');
    assert.deepEqual(
      await data.element.evaluate((lens) => (lens as unknown as { classes: unknown }).classes),
      ["caf\u00e9", "ox, old"],
    );
    await data.element.evaluate((lens) => {
      Object.assign(lens, { classes: ["ox, old", "cow"] });
    });
    await data.element
      .getByText("There is no class cow; the classes are black cat, caf\u00e9, ox, old.")
      .first()
      .waitFor();
    await data.element.evaluate((lens) => {
      Object.assign(lens, { classes: ["ox, old", "black cat"] });
      lens.setAttribute("explain-class", "black cat");
    });
    await data.button("Train and explain").click();
    const report = await data.finish();
    assert.deepEqual(
      report.classes.map(({ name }) => name),
      ["ox, old", "black cat"],
    );
    assert.match((await data.figure.getAttribute("aria-label"))!, /black cat/);
  });
});

test("the preview says of a table what its columns are, and leaves out what is unticked", async () => {
  await withData(async (data) => {
    await data.pick([{ name: "pets.csv", bytes: table(60, ["cat", "dog"]) }]);
    await data.shows(
      /Rows 60 of 3 columns Read as rows of a table: the columns have names of their own\. 3 columns height, weight, constant Values/,
    );
    await data.shows(/Explained \d+ rows, after training on \d+/);
    await data.card.getByText("Leave out some of 3 columns").click();
    await data.card.getByRole("checkbox", { name: "constant" }).check();
    await data.button("Read again with these").click();
    await data.card.getByText("1 of 3 columns left out").waitFor();
    await data.shows(/2 columns height, weight Values/);
    await data.use();
    await data.button("Train and explain").click();
    const report = await data.finish();
    assert.deepEqual(report.data.columns, ["height", "weight"]);
    assert.deepEqual(report.data.files, ["pets.csv"]);
    assert.equal(report.pixel_importance.mean.shape[0], 2);
  });
});

test("rows with gaps are refused with their place, and can be left out", async () => {
  await withData(async (data) => {
    const gaps = table(40, ["cat", "dog"], (at) => [at, at === 4 ? Number.NaN : 2 * at, at % 3]);
    await data.pick([{ name: "gaps.csv", bytes: gaps }]);
    await data.refusal.getByText(/gaps\.csv/).waitFor();
    await data.card.getByText("1 row lacks a value").waitFor();
    await data.button("Read again with these").click();
    await data.shows(/Rows 39 of 3 columns/);
  });
});

test("a test set in files of its own is trained without, explained, and taken back", async () => {
  const training = { name: "known.csv", bytes: csv(set(2, 20, 8, 8), named) };
  const test = { name: "new.csv", bytes: csv(set(2, 6, 8, 8), named) };
  await withData(async (data) => {
    await data.pick([training]);
    await data.shows(/Explained 6 images, after training on 34/);
    await data.test("Choose files of test images", [test]);
    await data.card.getByText("Test images: new.csv").waitFor();
    await data.shows(/Test set 40 to train on, 12 to explain/);
    await data.shows(/Explained 12 images, after training on 40/);

    // One of another size is refused, and what was there stays.
    await data.button("Clear").click();
    await data.card.getByText("Test images (optional)").waitFor();
    await data.test("Choose files of test images", [
      { name: "small.csv", bytes: csv(set(2, 6, 4, 4), named) },
    ]);
    await data.refusal.getByText(/4 × 4.*8 × 8/s).waitFor();
    await data.shows(/Images 40 of 8 × 8 pixels/);

    await data.test("Choose files of test images", [test]);
    await data.card.getByText("Test images: new.csv").waitFor();
    await data.button("Use these images").click();
    await data.status.getByText(/40 images to learn from, 12 held out/).waitFor();
    await data.panel.getByText(/known\.csv: 52 images of 8 × 8, 12 of them a test set/).waitFor();
    await data.button("Train and explain").click();
    const report = await data.finish();
    assert.deepEqual(
      report.classes.map(({ name, training, explained }) => [name, training, explained]),
      [
        ["cat", 20, 6],
        ["dog", 20, 6],
      ],
    );
    const { files, file, place } = report.encoded;
    assert.ok(file.every((at) => files[at]!.endsWith("new.csv")));
    // Cats are every other row.
    assert.deepEqual(place, [0, 2, 4, 6, 8, 10, 1, 3, 5, 7, 9, 11]);
  });
});

test("a test set that names tell apart is recognised, and kept apart if wanted", async () => {
  await withData(async (data) => {
    await data.pick([
      { name: "letters_train.csv", bytes: csv(set(2, 20, 8, 8), named) },
      { name: "letters_test.csv", bytes: csv(set(2, 6, 8, 8), named) },
    ]);
    await data.shows(/Test set recognised by names: 40 to train on, 12 to explain; not kept apart/);
    await data.card.locator("select[name=roles]").selectOption("by-name");
    await data.button("Read again with these").click();
    await data.card.getByText("40 to train on, 12 to explain", { exact: true }).waitFor();
    assert.equal(await data.card.locator("[part=test-set]").isVisible(), false);
  });
});

test("values outside 0 to 1 are told before a run, drawn over their range, and scaled at a press", async () => {
  await withData(async (data, page) => {
    const signed = table(40, ["cat", "dog"], (at) => [at - 20, at / 4, -3]);
    await data.pick([{ name: "signed.csv", bytes: signed }]);
    await data.card.locator("select[name=normalise]").selectOption("keep");
    await data.button("Read again with these").click();
    await data.card
      .locator("[part=warning]")
      .getByText(/outside 0 to 1: cross-entropy and a sigmoid/)
      .waitFor();
    await data.card.getByText(/examples are drawn from the smallest of their values/).waitFor();
    await data.button("Use these rows").click();
    await data.status
      .getByText(/outside 0 to 1: cross-entropy and a sigmoid are not for such/)
      .waitFor();
    const run = data.button("Train and explain");
    assert.equal(await run.getAttribute("aria-disabled"), "true");
    await screenshot(page, "values outside");

    const line = data.element.locator("[part=scale]");
    await line.getByRole("button", { name: "Spread from 0 to 1" }).click();
    await data.status.getByText(/rows to learn from/).waitFor();
    assert.equal(await line.isVisible(), false);
    await run.click();
    const report = await data.finish();
    const caption = data.element.locator(".figure-caption");
    await caption.getByText("Values from −20 to 19 were spread from 0 to 1.").waitFor();
    // Of the images that are explained; the smallest and the largest may be among the others.
    const [least, most] = report.data.range;
    assert.ok(least >= 0 && least < most && most <= 1, `${least} to ${most}`);
  });
});

test("a model that takes values as they are stored is given them so, and that is said", async () => {
  const model = await readFile("tests/models/fixtures/keras-more/rescaling.keras");
  const images = set(2, 30, 4, 4);
  await withData(async (data) => {
    await data.pick([{ name: "small.csv", bytes: csv(images, named) }]);
    await data.use();
    // Dropped among the data, it is a model all the same.
    await data.drop([{ name: "what.bin", bytes: model }]);
    await data.status.getByText(/what\.bin explained/).waitFor();
    const report = await data.finish();
    const all = images.images.flat();
    assert.deepEqual(report.data.range, [Math.min(...all), Math.max(...all)]);
    assert.equal(
      report.classes.reduce((sum, { explained }) => sum + explained, 0),
      60,
    );
    const line = data.element.locator("[part=scale]");
    await line
      .getByText(/^The model takes values as they are stored: they are kept, from \d+ to \d+\./)
      .waitFor();
    await line.getByRole("button", { name: "Divide by 255" }).click();
    await line
      .getByText(/were divided by 255, though the model takes them as they are stored/)
      .waitFor();
  });
});

test("what is dropped goes where its content belongs, beside the element too, and costs nothing that is there", async () => {
  const model = await readFile("tests/models/fixtures/torch/double.safetensors");
  const lesson = bytes("---\ntitle: Shadows\n---\n\n# Look\n\nAt this.\n");
  await withData(async (data, page) => {
    await data.dropOn(page.locator("footer"), [
      { name: "toy.csv", bytes: csv(set(2, 6, 8, 8), named) },
    ]);
    await data.shows(/Images 12 of 8 × 8 pixels/);

    // A model of other images is refused where models are; the preview stays.
    await data.drop([{ name: "toy.csv", bytes: model }]);
    const asked = data.element
      .locator("[part=model] :is(.refusal, .question)")
      .filter({ visible: true });
    await asked.first().waitFor();
    await data.unfoldPanel("images");
    await data.shows(/Images 12 of 8 × 8 pixels/);

    await data.drop([{ name: "notes.txt", bytes: bytes("once upon a time") }]);
    await data.refusal.getByText(/notes\.txt/).waitFor();
    await data.shows(/Images 12 of 8 × 8 pixels/);

    await data.drop([{ name: "shadows.csv", bytes: lesson }]);
    await page.locator("aside.lesson").waitFor();
    assert.match(page.url(), /lesson=file/);
    // And from the lesson back to the data.
    await data.dropOn(page.locator("aside.lesson"), [
      { name: "more.txt", bytes: csv(set(3, 6, 8, 8), named) },
    ]);
    await data.card.getByText("more.txt").waitFor();
  });
});

const WIDTHS = [320, 390, 1280, 2560];

test("the preview fits narrow and wide pages, with two classes and many of long names", async () => {
  const long = Array.from({ length: 26 }, (_, at) => `${"Quercus petraea var. ".repeat(3)}${at}`);
  await withData(async (data, page) => {
    /** At every width, light and dark. */
    const everywhere = async (look: (name: string, width: number) => Promise<void>) => {
      for (const width of WIDTHS) {
        await page.setViewportSize({ width, height: 900 });
        for (const colorScheme of ["light", "dark"] as const) {
          await page.emulateMedia({ colorScheme });
          await data.settle();
          await look(`${width} ${colorScheme}`, width);
        }
      }
    };
    for (const [what, names] of [
      ["two", ["cat", "dog"]],
      ["many", long],
    ] as const) {
      await data.pick([{ name: `${what}.csv`, bytes: table(26 * 4, [...names]) }]);
      await data.card.getByText(`${what}.csv`).waitFor();
      await data.card.locator(".columns > summary").click();
      await everywhere(async (where) => {
        await screenshot(page, `preview ${what} ${where}`);
        const over = await data.element.evaluate((element) => {
          const { right } = element.getBoundingClientRect();
          const all = element.shadowRoot!.querySelectorAll<HTMLElement>(".panel *");
          return [...all]
            .filter((part) => part.getBoundingClientRect().right > right + 0.5)
            .map((part) => `${part.tagName} ${part.className}`);
        });
        assert.deepEqual(over, [], `${what} at ${where}`);
      });
    }
    await data.use();
    await data.unfoldPanel("images");
    await everywhere(async (where, width) => {
      await screenshot(page, `classes ${where}`);
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      assert.ok(wide <= width, `the page is ${wide} wide at ${where}`);
    });
  });
});
