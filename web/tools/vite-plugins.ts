// Small build steps: pictures with hashed names, the list of what the worker's phone keeps, a manifest the server can read, precompressed copies.
import { createHash } from "node:crypto";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Plugin } from "vite";

/** Copies pictures into assets/ under hashed names, so that they may be cached for ever. */
export function emit_pictures(paths: string[]): Plugin {
  return {
    name: "mulin-pictures",
    apply: "build",
    buildStart() {
      for (const path of paths) {
        this.addWatchFile(path);
        this.emitFile({ type: "asset", name: basename(path), source: readFileSync(path, "utf8") });
      }
    },
  };
}

/** Gives the service worker of the worker's face its list: the face's script with all it may load, its styles and pictures, and nothing else. */
export function list_shell(entry: string, worker: string, besides: string[]): Plugin {
  return {
    name: "mulin-shell-list",
    apply: "build",
    generateBundle(_options, bundle) {
      const found = Object.values(bundle).find((one) => one.type === "chunk" && one.name === worker);
      if (found?.type !== "chunk") throw new Error(`there is no entry ${worker}`);
      const files = new Set<string>();
      const add = (file: string) => {
        const one = bundle[file];
        if (!one || files.has(file)) return;
        files.add(file);
        if (one.type !== "chunk") return;
        for (const next of [...one.imports, ...one.dynamicImports, ...(one.viteMetadata?.importedCss ?? []), ...(one.viteMetadata?.importedAssets ?? [])]) add(next);
      };
      for (const file of Object.keys(bundle)) if ([`${entry}.js`, ...besides].includes(plain_name(file))) add(file);
      const addresses = [...files].sort().map((file) => `/${file}`);
      const version = createHash("sha256").update(addresses.join("\n")).digest("hex").slice(0, 12);
      const source = found.code.replaceAll("__SHELL__", JSON.stringify({ version, files: addresses }));
      // A new name for what is in it now: it is kept for ever under its name.
      delete bundle[found.fileName];
      this.emitFile({ type: "asset", name: `${worker}.js`, source });
    },
  };
}

/** Writes dist/manifest.json: `{"resident.js": "assets/resident-1a2b.js", …}`; the server's `Page::asset` reads it. */
export function write_manifest(): Plugin {
  let out_dir = "dist";
  return {
    name: "mulin-manifest",
    apply: "build",
    configResolved(config) {
      out_dir = config.build.outDir;
    },
    writeBundle(_options, bundle) {
      const entries = Object.keys(bundle)
        .filter((file) => file.startsWith("assets/"))
        .map((file) => [plain_name(file), file] as const)
        .sort(([a], [b]) => a.localeCompare(b));
      writeFileSync(join(out_dir, "manifest.json"), JSON.stringify(Object.fromEntries(entries), null, 2) + "\n");
    },
  };
}

/** `assets/resident-1a2b3c4d.js` → `resident.js`. */
function plain_name(file: string): string {
  return basename(file).replace(/-[\w-]{8}(\.\w+)$/, "$1");
}

/** Writes .gz and .br beside each text file of dist/assets, at the highest level: built once, sent often. */
export function press_files(): Plugin {
  let out_dir = "dist";
  return {
    name: "mulin-press",
    apply: "build",
    configResolved(config) {
      out_dir = config.build.outDir;
    },
    closeBundle() {
      const folder = join(out_dir, "assets");
      for (const file of readdirSync(folder).filter((name) => /\.(js|css|svg)$/.test(name))) {
        const bytes = readFileSync(join(folder, file));
        writeFileSync(join(folder, `${file}.gz`), gzipSync(bytes, { level: 9 }));
        const quality = { [constants.BROTLI_PARAM_QUALITY]: 11 };
        writeFileSync(join(folder, `${file}.br`), brotliCompressSync(bytes, { params: quality }));
      }
    },
  };
}

/** In `npm run dev`, the shells of the staff faces come from the running server, with their sources in place of the built files. */
export function serve_shells(server: string): Plugin {
  return {
    name: "mulin-shells",
    apply: "serve",
    configureServer(vite) {
      vite.middlewares.use(async (request, response, next) => {
        const face = /^\/(grid|desk|map|admin)(?:[/?]|$)/.exec(request.url ?? "")?.[1];
        if (!face || !request.headers.accept?.includes("text/html")) return next();
        const reply = await fetch(new URL(request.url ?? "/", server), { headers: { cookie: request.headers.cookie ?? "", accept: "text/html" } });
        const shell = (await reply.text())
          .replace(/src="[^"]*\bsettings[^"]*\.js"/, 'src="/src/apps/resident/settings.ts" type="module"')
          .replace(/href="[^"]*\bstaff[^"]*\.css"/, 'href="/src/look/staff.css"')
          .replace(new RegExp(`src="[^"]*\\b${face}[^"]*\\.js"`), `src="/src/apps/${face}/main.ts"`);
        for (const cookie of reply.headers.getSetCookie()) response.appendHeader("set-cookie", cookie);
        response.setHeader("content-type", "text/html; charset=utf-8");
        response.end(await vite.transformIndexHtml(request.url ?? "/", shell));
      });
    },
  };
}
