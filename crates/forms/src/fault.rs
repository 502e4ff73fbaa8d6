//! What is wrong with a form: where, a stable code, and a sentence in both languages for whoever writes it.

use crate::expression::ExpressionFault;
use crate::feature::Feature;
use platform::Words;

/// One thing that keeps a form from being used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FormFault {
    pub at: At,
    pub what: Trouble,
}

/// Where in a form.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum At {
    /// The form as a whole.
    Form,
    /// A node by its path from the root, `/household/age`, and which part of it.
    Node { path: String, part: Part },
    /// A list of choices.
    List { list: String },
    /// A cell of a workbook: the name of the sheet, the row it shows, and the head of the column where it is known.
    Cell { sheet: String, row: u32, column: Option<String> },
}

/// A part of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    Name,
    Kind,
    Label,
    Hint,
    Relevant,
    Required,
    Constraint,
    Message,
    Calculation,
    Default,
    ReadOnly,
    Filter,
    Count,
    Register,
}

/// What is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// The workbook has no sheet that is called `survey`, or the sheet has no columns `type` and `name`.
    NoSurvey,
    /// The XML has no head with a model and a primary instance, or no body.
    NoForm,
    /// No question, group or value at all.
    NoQuestions,
    NoId,
    /// Two columns with the same head: which of them counts, nobody knows.
    DuplicateColumn {
        head: String,
    },
    UnknownType {
        written: String,
    },
    MissingName,
    /// Not a name of XML: letters, digits, `_`, `-` and `.`, beginning with a letter or `_`.
    BadName {
        name: String,
    },
    DuplicateName {
        name: String,
    },
    /// `${name}` where several questions have that name.
    AmbiguousName {
        name: String,
    },
    /// `${name}` or a path that leads nowhere.
    UnknownReference {
        name: String,
    },
    UnknownList {
        list: String,
    },
    DuplicateChoice {
        list: String,
        name: String,
    },
    /// A name with a space, where several names may be chosen and are kept with spaces between.
    SpacedChoice {
        list: String,
        name: String,
    },
    MissingChoiceName {
        list: String,
    },
    /// A group that is not closed, or closed without being open.
    Unbalanced {
        word: String,
    },
    /// Each of these depends on the next, and the last on the first.
    Circle {
        names: Vec<String>,
    },
    Expression(ExpressionFault),
    /// A number where one is needed, and none is there: bounds and steps of a range.
    BadParameter {
        name: String,
        value: String,
    },
    BadField {
        value: String,
    },
    TooMany {
        what: Counted,
        max: usize,
    },
    TooLong {
        chars_max: usize,
    },
    /// A feature without which the form would ask something else.
    Unsupported {
        feature: Feature,
        detail: String,
    },
}

/// What there may be too much of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    Nodes,
    Choices,
    Levels,
    Languages,
    Dependencies,
}

impl FormFault {
    pub(crate) fn node(path: impl Into<String>, part: Part, what: Trouble) -> Self {
        Self { at: At::Node { path: path.into(), part }, what }
    }

    pub(crate) fn form(what: Trouble) -> Self {
        Self { at: At::Form, what }
    }

    /// Stable; the sentences may be improved.
    pub fn code(&self) -> &'static str {
        match &self.what {
            Trouble::NoSurvey => "form.no_survey",
            Trouble::NoForm => "form.no_form",
            Trouble::NoQuestions => "form.no_questions",
            Trouble::NoId => "form.no_id",
            Trouble::DuplicateColumn { .. } => "form.duplicate_column",
            Trouble::UnknownType { .. } => "form.unknown_type",
            Trouble::MissingName => "form.missing_name",
            Trouble::BadName { .. } => "form.bad_name",
            Trouble::DuplicateName { .. } => "form.duplicate_name",
            Trouble::AmbiguousName { .. } => "form.ambiguous_name",
            Trouble::UnknownReference { .. } => "form.unknown_reference",
            Trouble::UnknownList { .. } => "form.unknown_list",
            Trouble::DuplicateChoice { .. } => "form.duplicate_choice",
            Trouble::SpacedChoice { .. } => "form.spaced_choice",
            Trouble::MissingChoiceName { .. } => "form.missing_choice_name",
            Trouble::Unbalanced { .. } => "form.unbalanced",
            Trouble::Circle { .. } => "form.circle",
            Trouble::Expression(fault) => fault.code(),
            Trouble::BadParameter { .. } => "form.bad_parameter",
            Trouble::BadField { .. } => "form.bad_field",
            Trouble::TooMany { .. } => "form.too_many",
            Trouble::TooLong { .. } => "form.too_long",
            Trouble::Unsupported { .. } => "form.unsupported",
        }
    }

    /// Where and what, in one sentence each.
    pub fn words(&self) -> Words {
        let (at, what) = (self.at.words(), self.what.words());
        Words::new(format!("{}{}", at.zh, what.zh), format!("{}{}", at.en, what.en))
    }
}

impl At {
    /// Ends so that a sentence may follow; empty for the form as a whole.
    pub fn words(&self) -> Words {
        match self {
            Self::Form => Words::of("", ""),
            Self::Node { path, .. } => Words::new(format!("{path}："), format!("{path}: ")),
            Self::List { list } => Words::new(format!("选项表 {list}："), format!("List {list}: ")),
            Self::Cell { sheet, row, column: None } => {
                Words::new(format!("工作表 {sheet} 第 {row} 行："), format!("Sheet {sheet}, row {row}: "))
            }
            Self::Cell { sheet, row, column: Some(column) } => Words::new(
                format!("工作表 {sheet} 第 {row} 行“{column}”列："),
                format!("Sheet {sheet}, row {row}, column {column}: "),
            ),
        }
    }
}

impl Trouble {
    /// What is wrong, and what to do where that is not plain.
    pub fn words(&self) -> Words {
        match self {
            Self::Expression(fault) => fault.words(),
            Self::Unsupported { feature, detail } => feature.words_of(detail),
            Self::TooMany { what, max } => what.words(*max),
            _ => {
                self.words_of_name().or_else(|| self.words_of_list()).unwrap_or_else(|| self.words_of_form())
            }
        }
    }

    fn words_of_name(&self) -> Option<Words> {
        Some(match self {
            Self::MissingName => Words::of("这一行没有 name。", "This row has no name."),
            Self::BadName { name } => Words::new(
                format!(
                    "“{name}”不能作名称：只能用字母、汉字、数字、下划线、连字符和点，并以字母或汉字开头。"
                ),
                format!(
                    "“{name}” cannot be a name: letters, digits, _, - and ., beginning with a letter or _."
                ),
            ),
            Self::DuplicateName { name } => Words::new(
                format!("同一组里有两个名称“{name}”。"),
                format!("Two nodes of one group are called “{name}”."),
            ),
            Self::AmbiguousName { name } => Words::new(
                format!("有几道题都叫“{name}”，${{{name}}} 不知道指哪一道。"),
                format!("Several questions are called “{name}”; ${{{name}}} does not say which."),
            ),
            Self::UnknownReference { name } => {
                Words::new(format!("没有题目“{name}”。"), format!("There is no question “{name}”."))
            }
            _ => return None,
        })
    }

    fn words_of_list(&self) -> Option<Words> {
        Some(match self {
            Self::UnknownList { list } => {
                Words::new(format!("没有选项表“{list}”。"), format!("There is no list “{list}”."))
            }
            Self::DuplicateChoice { list, name } => Words::new(
                format!("选项表“{list}”里有两个“{name}”。"),
                format!("The list “{list}” has “{name}” twice."),
            ),
            Self::SpacedChoice { list, name } => Words::new(
                format!("选项表“{list}”的“{name}”含空格，多选题和排序题不能用。"),
                format!("“{name}” of the list “{list}” has a space, which a choice of several cannot have."),
            ),
            Self::MissingChoiceName { list } => Words::new(
                format!("选项表“{list}”有一行没有 name。"),
                format!("A row of the list “{list}” has no name."),
            ),
            _ => return None,
        })
    }

    fn words_of_form(&self) -> Words {
        match self {
            Self::NoSurvey => Words::of(
                "这不是 XLSForm：没有名为 survey、含 type 和 name 两列的工作表。",
                "This is not an XLSForm: it has no sheet called survey with the columns type and name.",
            ),
            Self::NoForm => Words::of(
                "这不是 XForm：没有 model、主实例或 body。",
                "This is not an XForm: it has no model with a primary instance, or no body.",
            ),
            Self::NoQuestions => Words::of("表单里一道题也没有。", "The form asks nothing."),
            Self::NoId => Words::of("表单没有标识 form_id。", "The form has no form_id."),
            Self::DuplicateColumn { head } => {
                Words::new(format!("有两列都叫“{head}”。"), format!("Two columns are called “{head}”."))
            }
            Self::UnknownType { written } => Words::new(
                format!("没有题型“{written}”。"),
                format!("There is no question type “{written}”."),
            ),
            Self::Unbalanced { word } => Words::new(
                format!("组或重复没有配对：{word}。"),
                format!("A group or repeat is not paired: {word}."),
            ),
            Self::Circle { names } => {
                let names = names.join(" → ");
                Words::new(
                    format!("计算互相依赖，绕成了圈：{names}。"),
                    format!("Calculations run in a circle: {names}."),
                )
            }
            Self::BadParameter { name, value } => Words::new(
                format!("参数 {name} 的值“{value}”不能用。"),
                format!("The parameter {name} cannot be “{value}”."),
            ),
            Self::BadField { value } => Words::new(
                format!("“{value}”不是登记的“种类.项”。"),
                format!("“{value}” is not kind.field of the register."),
            ),
            _ => {
                let Self::TooLong { chars_max } = self else { return Words::default() };
                Words::new(
                    format!("文字超过 {chars_max} 个字符。"),
                    format!("More than {chars_max} characters."),
                )
            }
        }
    }
}

impl Counted {
    fn words(self, max: usize) -> Words {
        let (zh, en) = match self {
            Self::Nodes => ("题目和组", "questions and groups"),
            Self::Choices => ("选项", "choices"),
            Self::Levels => ("层嵌套的组", "groups within each other"),
            Self::Languages => ("种语言", "languages"),
            Self::Dependencies => ("处相互引用", "references to other questions"),
        };
        Words::new(format!("表单有超过 {max} 个{zh}。"), format!("The form has more than {max} {en}."))
    }
}
