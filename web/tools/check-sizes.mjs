// Fails the build when a face is heavier than its budget, or when what runs as a classic script could not.
// A face weighs what its entry loads at once: the entry, what it imports statically, its styles; and for the map the renderer, which it loads next.
import { existsSync, readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KIB = 1024;
const BUDGETS = [
  { face: "resident look", names: ["look.css"], kib_gz_max: 12 },
  { face: "resident script", names: ["resident.js", "settings.js"], kib_gz_max: 45 },
  { face: "grid", names: ["grid.js", "staff.css"], kib_gz_max: 120 },
  { face: "desk", names: ["desk.js", "staff.css"], kib_gz_max: 320 },
  { face: "map", names: ["map.js", "staff.css"], lazy: ["gl.js", "gl.css", "maplibre-gl-worker.js"], kib_gz_max: 550 },
  { face: "admin", names: ["admin.js", "staff.css"], kib_gz_max: 320 },
];

const dist = new URL(`../${process.env.MULIN_WEB_OUT ?? "dist"}/`, import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", dist), "utf8"));
const weight = (file) => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length;

/** The file and all it imports statically, each once. */
function with_imports(file, seen = new Set()) {
  if (seen.has(file) || !existsSync(new URL(file, dist))) return seen;
  seen.add(file);
  if (!file.endsWith(".js")) return seen;
  const text = readFileSync(new URL(file, dist), "utf8");
  for (const [, name] of text.matchAll(/(?:from|import)\s*["']\.\/([^"']+)["']/g)) with_imports(`assets/${name}`, seen);
  return seen;
}

let too_heavy = false;
for (const { face, names, lazy = [], kib_gz_max } of BUDGETS) {
  const files = new Set();
  for (const name of [...names, ...lazy.filter((one) => manifest[one])]) for (const file of with_imports(manifest[name])) files.add(file);
  const kib = [...files].reduce((sum, file) => sum + weight(file), 0) / KIB;
  const verdict = kib <= kib_gz_max ? "ok" : "TOO HEAVY";
  console.log(`${face.padEnd(16)} ${kib.toFixed(1).padStart(6)} KiB gz of ${kib_gz_max} ${verdict} (${files.size} files)`);
  too_heavy ||= kib > kib_gz_max;
}

/** What a first installation of the worker's face transfers in all: the files its service worker lists, the script itself, the shell in two languages. */
const INSTALL_KIB_MAX = 250;
const SHELLS_KIB = 2;
const listed = JSON.parse(/\{"version":.*?\]\}/.exec(readFileSync(new URL(manifest["grid-sw.js"], dist), "utf8"))[0]);
const install_files = [...listed.files.map((address) => address.slice(1)), manifest["grid-sw.js"]];
const install_kib = install_files.reduce((sum, file) => sum + weight(file), 0) / KIB + SHELLS_KIB;
console.log(`${"grid, installed".padEnd(16)} ${install_kib.toFixed(1).padStart(6)} KiB gz of ${INSTALL_KIB_MAX} ${install_kib <= INSTALL_KIB_MAX ? "ok" : "TOO HEAVY"} (${install_files.length} files)`);
too_heavy ||= install_kib > INSTALL_KIB_MAX;

for (const name of ["settings.js", "grid-sw.js", "push-sw.js"]) if (/\b(import|export)\b\s*[{"*]/.test(readFileSync(new URL(manifest[name], dist), "utf8"))) {
  console.error(`${name} imports or exports something: a classic script cannot.`);
  process.exit(1);
}
process.exit(too_heavy ? 1 : 0);
