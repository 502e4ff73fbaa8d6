//! What is written on cases of sensors, in both languages: what is written on a case stays as it is written.

use super::catalogue::KindEntry;
use crate::model::sensor::{Alarm, Sensor};
use platform::Time;

fn moment(at: Time) -> String {
    at.local().strftime("%m-%d %H:%M").to_string()
}

/// What is measured and what it must not pass, as two sentences.
fn measured(kind: &KindEntry, sensor: &Sensor, alarm: &Alarm) -> (String, String) {
    let threshold = kind.thresholds().with(sensor.own).alarm;
    let (value, limit, quantity) = (kind.shown(alarm.value), kind.shown(threshold), kind.quantity());
    if kind.switch {
        return (format!("{}报警", quantity.zh), format!("{} alarm", quantity.en));
    }
    let (zh, en) =
        if kind.thresholds().above { ("达到", "it reached") } else { ("低于", "it fell below") };
    (
        format!("{} {value}，{zh}报警值 {limit}", quantity.zh),
        format!("{} {value}; {en} the alarm at {limit}", quantity.en),
    )
}

/// The words of a case.
pub(super) fn report(kind: &KindEntry, sensor: &Sensor, alarm: &Alarm) -> String {
    let (name, at) = (&sensor.name, moment(alarm.raised_at));
    let (zh, en) = measured(kind, sensor, alarm);
    let kind = kind.words();
    format!(
        "{}“{name}”（编号 {}）{at} {zh}。请到现场查看。\n{} \"{name}\" ({}), {at} China time: {en}.",
        kind.zh, sensor.code, kind.en, sensor.code
    )
}

/// The words of the one case that stands for many.
pub(super) fn gathered(kind: &KindEntry, sensor: &Sensor, alarm: &Alarm, cases: i64) -> String {
    let (quantity, at) = (kind.words(), moment(alarm.raised_at));
    format!(
        "一小时内本网格已有 {cases} 件“{}”报警立为事件，最近一次是“{}”（{at}）。后续报警都记在这一件里，请统一处置，并检查设备是否误报。\n\
         {cases} alarms of this kind ({}) became cases in this grid within an hour, the last at \"{}\". Further ones are noted here: deal with them together, \
         and see whether the sensors err.",
        quantity.zh, sensor.name, quantity.en, sensor.name
    )
}

/// A line for an alarm that joins a case.
pub(super) fn again(kind: &KindEntry, sensor: &Sensor, alarm: &Alarm) -> String {
    let (zh, en) = measured(kind, sensor, alarm);
    let at = moment(alarm.raised_at);
    format!("“{}”{at} 再次报警：{zh}。\n\"{}\" again, {at} China time: {en}.", sensor.name, sensor.name)
}

/// A line for an alarm that is over.
pub(super) fn restored(sensor: &Sensor, at: Time) -> String {
    let at = moment(at);
    format!(
        "“{}”{at} 恢复正常。现场是否处理好，以经办人查看为准。\n\"{}\" is back to normal since {at} China time. Whether all is well is for people to see.",
        sensor.name, sensor.name
    )
}
