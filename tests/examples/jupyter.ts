/** A JupyterLab that shows the example's folder. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { env } from "node:process";
import { createInterface } from "node:readline";

const ARGUMENTS = [
  "lab",
  "--no-browser",
  // Whoever can reach this computer's own address may run programs already.
  "--ip=127.0.0.1",
  "--IdentityProvider.token=",
  // Some containers run as root, and none wants news.
  "--allow-root",
  "--LabApp.news_url=None",
  "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
];

export async function jupyter(use: (origin: string) => Promise<void>): Promise<void> {
  const folder = join(env.DIST!, "jupyter");
  const server = spawn(env.JUPYTER!, ARGUMENTS, {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
  });
  try {
    for await (const line of createInterface(server.stderr)) {
      const [, origin] = /(http:\/\/127\.0\.0\.1:\d+)\/lab/.exec(line) ?? [];
      if (!origin) continue;
      server.stderr.resume();
      await use(origin);
      return;
    }
    throw new Error("JupyterLab ended before it was ready");
  } finally {
    server.kill();
    if (server.exitCode === null) await once(server, "exit");
  }
}
