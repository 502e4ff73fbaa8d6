// What is wrong with an answer, where the form itself has no words for it.
import type { AnswerFault } from "../../../forms/check";
import { tr } from "../../../lib/words";

const BY_TYPE: Record<string, () => string> = {
  integer: () => tr("请填整数。", "Please write a whole number."),
  decimal: () => tr("请填数字。", "Please write a number."),
  range: () => tr("请填刻度上的数。", "Please choose a number on the scale."),
  date: () => tr("请填完整的日期。", "Please write a full date."),
  time: () => tr("请填完整的时间。", "Please write a full time."),
  date_time: () => tr("请填完整的日期和时间。", "Please write a full date and time."),
  place: () => tr("请重新取一次位置。", "Please take the place again."),
};

const BY_CODE: Record<string, () => string> = {
  "answer.missing": () => tr("这一题要回答。", "Please answer this."),
  "answer.constraint": () => tr("填的内容不符合这一题的要求。", "This is not what the question allows."),
  "answer.no_such_choice": () => tr("原来选的选项现在没有了，请重新选。", "What was chosen is no longer offered. Please choose again."),
  "answer.too_long": () => tr("内容太长，请写短一些。", "This is too long. Please write less."),
};

export function fault_words(fault: AnswerFault): string {
  if (fault.message) return fault.message;
  const type = fault.node.item!.node.type;
  const words = fault.code === "answer.wrong_type" ? BY_TYPE[type] : BY_CODE[fault.code];
  return words?.() ?? tr("表单自己的规则算不出来，请告诉做表的人。", "A rule of the form itself does not work. Please tell whoever made it.");
}
