// The marks of the catalogue's keepers do not reach whoever reads a legal basis.
import { expect, test } from "vitest";
import { cited } from "./cited";

test.each([
  ["《个人信息保护法》第四十六条 [V]", "《个人信息保护法》第四十六条"],
  ["《户口登记条例》第四条 [unverified]；《居住证暂行条例》第五条 [unverified]", "《户口登记条例》第四条（原文待核对）；《居住证暂行条例》第五条（原文待核对）"],
  ["《滨州市条例》第六条 [V-excerpt; a district cites its own rule]", "《滨州市条例》第六条"],
  ["《民法典》[V 278; 297 unverified]", "《民法典》（原文待核对）"],
  ["GB/T 23705-2009", "GB/T 23705-2009"],
])("%s", (source, words) => {
  expect(cited(source)).toBe(words);
});
