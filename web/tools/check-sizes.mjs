// Fails the build when the resident face is heavier than its budget, or when settings.js could not run as a classic script.
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";

const KIB = 1024;
const BUDGETS = [
  { names: ["look.css"], gz_bytes_max: 12 * KIB },
  { names: ["resident.js", "settings.js"], gz_bytes_max: 45 * KIB },
];

const dist = new URL("../dist/", import.meta.url);
const manifest = JSON.parse(readFileSync(new URL("manifest.json", dist), "utf8"));
let too_heavy = false;

for (const { names, gz_bytes_max } of BUDGETS) {
  const gz_bytes = names.reduce((sum, name) => sum + gzipSync(readFileSync(new URL(manifest[name], dist)), { level: 9 }).length, 0);
  const verdict = gz_bytes <= gz_bytes_max ? "ok" : "TOO HEAVY";
  console.log(`${names.join(" + ")}: ${(gz_bytes / KIB).toFixed(1)} KiB gz of ${gz_bytes_max / KIB} KiB ${verdict}`);
  too_heavy ||= gz_bytes > gz_bytes_max;
}

if (/\b(import|export)\b\s*[{"*]/.test(readFileSync(new URL(manifest["settings.js"], dist), "utf8"))) {
  console.error("settings.js imports or exports something: a classic script cannot.");
  process.exit(1);
}
process.exit(too_heavy ? 1 : 0);
