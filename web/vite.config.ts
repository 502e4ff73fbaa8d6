// Builds the faces into dist/: hashed files under assets/, a manifest of plain names, and .gz/.br beside each file.
import { defineConfig } from "vitest/config";
import { emit_pictures, write_manifest, press_files } from "./tools/vite-plugins.ts";

export default defineConfig({
  base: "/",
  publicDir: false,
  build: {
    target: ["chrome80", "safari13", "firefox78"],
    outDir: "dist",
    assetsDir: "assets",
    assetsInlineLimit: 0,
    modulePreload: false,
    cssCodeSplit: true,
    sourcemap: false,
    rollupOptions: {
      // `settings` runs before the first paint as a classic script, so it must import nothing.
      input: {
        resident: "src/apps/resident/main.ts",
        settings: "src/apps/resident/settings.ts",
        look: "src/apps/resident/look.css",
      },
      output: {
        entryFileNames: "assets/[name]-[hash].js",
        chunkFileNames: "assets/[name]-[hash].js",
        assetFileNames: "assets/[name]-[hash][extname]",
      },
    },
  },
  plugins: [emit_pictures(["src/apps/resident/icons.svg", "src/apps/resident/mark.svg"]), write_manifest(), press_files()],
  test: { environment: "happy-dom", include: ["src/**/*.test.ts"] },
});
