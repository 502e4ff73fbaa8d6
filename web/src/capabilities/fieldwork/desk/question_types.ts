// What each type of question is called, in the order the editor offers them.
import type { FormNode } from "../../../forms/form";
import { tr } from "../../../lib/words";

export type QuestionType = FormNode["type"];

const WORDS: Record<string, () => string> = {
  text: () => tr("文字", "Text"),
  select_one: () => tr("单选", "One choice"),
  select_many: () => tr("多选", "Several choices"),
  integer: () => tr("整数", "Whole number"),
  decimal: () => tr("小数", "Decimal"),
  date: () => tr("日期", "Date"),
  time: () => tr("时间", "Time"),
  date_time: () => tr("日期和时间", "Date and time"),
  photo: () => tr("照片", "Photo"),
  place: () => tr("位置", "Place"),
  barcode: () => tr("扫码", "Barcode"),
  signature: () => tr("签名", "Signature"),
  note: () => tr("说明（只读）", "Note to read"),
  acknowledge: () => tr("打勾确认", "Tick"),
  range: () => tr("刻度", "Scale"),
  rank: () => tr("排序", "Ranking"),
  look_up: () => tr("登记查找", "Register look-up"),
  audio: () => tr("录音", "Sound"),
  video: () => tr("视频", "Video"),
  file: () => tr("文件", "File"),
  calculate: () => tr("计算（不显示）", "Calculation (unseen)"),
  hidden: () => tr("隐藏值", "Hidden value"),
  device: () => tr("设备信息（不问）", "Of the device (not asked)"),
  group: () => tr("分组", "Group"),
  repeat: () => tr("可重复的组", "Repeated group"),
};

export const type_words = (type: QuestionType): string => WORDS[type]?.() ?? type;

/** Those the editor can make; what only the device or a calculation fills is made in a workbook and kept as it is. */
export const MADE_TYPES: readonly QuestionType[] = [
  "text", "select_one", "select_many", "integer", "decimal", "date", "time", "date_time", "photo", "place", "barcode", "signature", "note",
  "acknowledge", "range", "rank", "look_up", "audio", "video", "file", "calculate", "group", "repeat",
];

export const takes_choices = (type: QuestionType): boolean => type === "select_one" || type === "select_many" || type === "rank";
export const is_holder = (type: QuestionType): boolean => type === "group" || type === "repeat";
/** Whether it has a value that rules can be about. */
export const has_answer = (type: QuestionType): boolean => !is_holder(type) && type !== "note";
