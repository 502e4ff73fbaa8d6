//! What other programs do with a form and this one does not: told by name, never dropped in silence.

use crate::fault::At;
use platform::Words;

/// A feature of XLSForm or the ODK XForms specification that is not supported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Feature {
    ActionOnChange,
    Audit,
    Background,
    CascadingSelect,
    ChoicesFromFile,
    ChoicesFromRepeat,
    Encryption,
    Entities,
    ExternalApp,
    ExternalChoices,
    ExternalInstance,
    Flat,
    Include,
    InstanceShape,
    LastSaved,
    Osm,
    OtherWithFilter,
    OutputExpression,
    Randomize,
    SearchAppearance,
    Setting,
    Sms,
    TableList,
    UnknownColumn,
    UnknownParameter,
}

/// A feature that a form has, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsupported {
    pub what: Feature,
    pub at: At,
    /// The word in the form that asks for it.
    pub detail: String,
}

/// A line of the published table: code, whether the form is refused for it, and what becomes of it.
struct Line {
    feature: Feature,
    code: &'static str,
    refused: bool,
    zh: &'static str,
    en: &'static str,
}

const fn told(feature: Feature, code: &'static str, zh: &'static str, en: &'static str) -> Line {
    Line { feature, code, refused: false, zh, en }
}

const fn refused(feature: Feature, code: &'static str, zh: &'static str, en: &'static str) -> Line {
    Line { feature, code, refused: true, zh, en }
}

const LINES: &[Line] = &[
    told(
        Feature::ActionOnChange,
        "action_on_change",
        "trigger（某题改变时才计算）：按普通计算处理",
        "`trigger` (calculate only when another question changes): treated as a plain calculation",
    ),
    told(
        Feature::Audit,
        "audit",
        "audit 填写过程记录：不记录",
        "`audit` (a log of filling): nothing is logged",
    ),
    told(
        Feature::Background,
        "background",
        "background-audio、start-geopoint、background-geopoint：不在后台录音或定位",
        "`background-audio`, `start-geopoint`, `background-geopoint`: nothing is recorded or located unseen",
    ),
    refused(
        Feature::CascadingSelect,
        "cascading_select",
        "旧式 cascading_select 和 cascades 工作表：请改用 choice_filter",
        "the old `cascading_select` with its sheet `cascades`: use `choice_filter`",
    ),
    refused(
        Feature::ChoicesFromFile,
        "choices_from_file",
        "select_one_from_file、select_multiple_from_file：请把选项放进 choices 工作表，或用登记查找",
        "`select_one_from_file`, `select_multiple_from_file`: put the choices on the sheet, or use a register look-up",
    ),
    refused(
        Feature::ChoicesFromRepeat,
        "choices_from_repeat",
        "以重复组的答案作选项（select_one ${…}）",
        "choices made of a repeat's answers (`select_one ${…}`)",
    ),
    told(
        Feature::Encryption,
        "encryption",
        "public_key 表单加密：平台自己加密存放",
        "`public_key` (encrypted forms): the platform encrypts what it keeps itself",
    ),
    told(
        Feature::Entities,
        "entities",
        "entities 工作表和 save_to：请用 mulin::write 写回登记",
        "the sheet `entities` and `save_to`: use `mulin::write` to write to the register",
    ),
    told(
        Feature::ExternalApp,
        "external_app",
        "由别的应用填写（ex:、intent、body::intent）：按普通文本题处理",
        "filled by another application (`ex:`, `intent`): treated as a text question",
    ),
    refused(
        Feature::ExternalChoices,
        "external_choices",
        "select_one_external 和 external_choices 工作表：请把选项放进 choices 工作表",
        "`select_one_external` with its sheet `external_choices`: put the choices on the sheet `choices`",
    ),
    refused(
        Feature::ExternalInstance,
        "external_instance",
        "csv-external、xml-external 附带数据文件",
        "`csv-external`, `xml-external`: data in files beside the form",
    ),
    told(
        Feature::Flat,
        "flat",
        "flat 设置（去掉分组层级）：分组层级保留",
        "the setting `flat` (answers without groups): the groups stay",
    ),
    refused(Feature::Include, "include", "include 引入另一个表单", "`include` of another form"),
    refused(
        Feature::InstanceShape,
        "instance_shape",
        "XForm 的附带实例不是选项表（root/item）",
        "an instance of an XForm that is no list (`root/item`)",
    ),
    told(
        Feature::LastSaved,
        "last_saved",
        "${last-saved#…}（上一份答案作默认值）：没有默认值；已知的用 mulin::prefill",
        "`${last-saved#…}` (a default from the answers before): no default; use `mulin::prefill` for what is known",
    ),
    told(
        Feature::Osm,
        "osm",
        "osm 题和 osm 工作表：按普通文本题处理",
        "`osm` and its sheet: treated as a text question",
    ),
    refused(
        Feature::OtherWithFilter,
        "other_with_filter",
        "or_other 与 choice_filter 同用：请在选项表里自己加“其他”",
        "`or_other` together with `choice_filter`: add the choice to the list yourself",
    ),
    told(
        Feature::OutputExpression,
        "output",
        "XForm 题目文字里的表达式 output：只能引用一道题",
        "`output` with an expression in the words of an XForm: only one question can be named",
    ),
    told(
        Feature::Randomize,
        "randomize",
        "randomize 打乱选项：按表内顺序显示",
        "`randomize` (choices in changing order): shown in the order of the list",
    ),
    refused(
        Feature::SearchAppearance,
        "search",
        "search() 从附带文件找选项：请用登记查找",
        "`search()` (choices from a file beside the form): use a register look-up",
    ),
    told(Feature::Setting, "setting", "其他设置：不起作用", "other settings: without effect"),
    told(
        Feature::Sms,
        "sms",
        "短信填报的各项设置和列：不起作用",
        "settings and columns for SMS: without effect",
    ),
    told(
        Feature::TableList,
        "table_list",
        "table-list 表格外观：逐题显示",
        "the appearance `table-list`: its questions are shown one by one",
    ),
    told(
        Feature::UnknownColumn,
        "column",
        "不认识的列（含 bind::、body::、instance::）：不起作用",
        "columns that are not known (with `bind::`, `body::`, `instance::`): without effect",
    ),
    told(
        Feature::UnknownParameter,
        "parameter",
        "不认识的参数：不起作用",
        "parameters that are not known: without effect",
    ),
];

impl Feature {
    fn line(self) -> &'static Line {
        let found = LINES.iter().find(|line| line.feature == self);
        found.expect("every feature has a line in the table; a test counts them")
    }

    /// All of them, in the order of the published table.
    pub fn all() -> impl Iterator<Item = Self> {
        LINES.iter().map(|line| line.feature)
    }

    /// Stable.
    pub fn code(self) -> &'static str {
        self.line().code
    }

    /// Whether a form that has it is refused; otherwise it is read without it, and told.
    pub fn is_refused(self) -> bool {
        self.line().refused
    }

    /// What it is and what becomes of it.
    pub fn words(self) -> Words {
        Words::of(self.line().zh, self.line().en)
    }

    pub(crate) fn words_of(self, detail: &str) -> Words {
        let line = self.line();
        Words::new(
            format!("不支持（{detail}）：{}。", line.zh),
            format!("Not supported ({detail}): {}.", line.en),
        )
    }
}

impl Unsupported {
    /// Where and what, in one sentence each.
    pub fn words(&self) -> Words {
        let (at, what) = (self.at.words(), self.what.words_of(&self.detail));
        Words::new(format!("{}{}", at.zh, what.zh), format!("{}{}", at.en, what.en))
    }
}

#[cfg(test)]
mod tests {
    use super::{Feature, LINES};

    #[test]
    fn the_table_is_whole_and_in_order() {
        assert!(LINES.is_sorted_by(|a, b| a.feature < b.feature));
        assert_eq!(LINES.len(), Feature::UnknownParameter as usize + 1);
    }
}
