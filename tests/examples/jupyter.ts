/** A server of Jupyter's that shows the example's folder. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { env } from "node:process";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";

/** JupyterLab, or Notebook 7. */
export type Application = "lab" | "notebook";

const ARGUMENTS = [
  "--no-browser",
  // Whoever can reach this computer's own address may run programs already.
  "--ip=127.0.0.1",
  "--IdentityProvider.token=",
  // Some containers run as root, and none wants news.
  "--allow-root",
  "--LabApp.news_url=None",
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
];

const folder = join(env.DIST!, "jupyter");

/** Where a notebook is saved. */
export function savedFile(name: string): string {
  return join(folder, name);
}

/** Has a saved notebook made a page; returns its address. */
export async function toHtml(notebook: string): Promise<string> {
  await promisify(execFile)(env.JUPYTER!, ["nbconvert", "--to", "html", notebook]);
  return pathToFileURL(notebook.replace(/\.ipynb$/, ".html")).href;
}

/** Serves the example's folder as long as `use` takes. */
export async function jupyter(
  application: Application,
  use: (origin: string) => Promise<void>,
): Promise<void> {
  const server = spawn(env.JUPYTER!, [application, ...ARGUMENTS], {
    cwd: folder,
    // Threads that wait for each other take very long where others keep the cores busy.
    env: { ...env, OMP_NUM_THREADS: "1" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    for await (const line of createInterface(server.stderr)) {
      const [, origin] = /(http:\/\/127\.0\.0\.1:\d+)\/(?:lab|tree)/.exec(line) ?? [];
      if (!origin) continue;
      server.stderr.resume();
      await use(origin);
      return;
    }
    throw new Error("Jupyter ended before it was ready");
  } finally {
    server.kill();
    if (server.exitCode === null) await once(server, "exit");
  }
}
