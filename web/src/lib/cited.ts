// A law or standard as people read it: the catalogue's marks for its keepers, "[V]" and "[unverified]", in words or not at all.
import { tr } from "./words";

export function cited(source: string): string {
  return source.replace(/ ?\[[^\]]*unverified[^\]]*\]/g, tr("（原文待核对）", " (to be checked)")).replace(/ ?\[V[^\]]*\]/g, "");
}
