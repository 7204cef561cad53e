import { defineConfig } from "vite";

export default defineConfig({
  // Relative, so that the app works in any folder of a server.
  base: "./",
  oxc: { jsx: { runtime: "automatic" } },
});
