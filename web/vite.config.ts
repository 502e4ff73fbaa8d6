// Builds the faces into dist/: hashed files under assets/, a manifest of plain names, and .gz/.br beside each file.
import vue from "@vitejs/plugin-vue";
import { defineConfig } from "vitest/config";
import { emit_pictures, list_shell, write_manifest, press_files, serve_shells } from "./tools/vite-plugins.ts";

/** The running server that `npm run dev` stands before. */
const SERVER = process.env.MULIN_SERVER ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/",
  publicDir: false,
  build: {
    target: ["chrome80", "safari13", "firefox78"],
    outDir: process.env.MULIN_WEB_OUT ?? "dist",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: true,
    sourcemap: false,
    rollupOptions: {
      // `settings` runs before the first paint, `grid-sw` and `push-sw` as service workers, all classic scripts: they must import nothing.
      input: {
        resident: "src/apps/resident/main.ts",
        settings: "src/apps/resident/settings.ts",
        look: "src/apps/resident/look.css",
        staff: "src/look/staff.css",
        grid: "src/apps/grid/main.ts",
        desk: "src/apps/desk/main.ts",
        map: "src/apps/map/main.ts",
        admin: "src/apps/admin/main.ts",
        "grid-sw": "src/offline/shell/worker.ts",
        "push-sw": "src/capabilities/messages/resident/worker.ts",
      },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  plugins: [vue(), emit_pictures(["src/look/icons.svg", "src/look/mark.svg"]), list_shell("grid", "grid-sw", ["staff.css", "settings.js", "icons.svg", "mark.svg"]), write_manifest(), press_files(), serve_shells(SERVER)],
  // Everything that is not a source of ours is the server's.
  server: { host: "127.0.0.1", proxy: { "^/(?!src/|@|node_modules/)": { target: SERVER } } },
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
