//! Why an expression is not read, or gives no value.

use platform::Words;

/// What is wrong with an expression. Positions count characters from 1.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExpressionFault {
    #[error("nothing is written")]
    Empty,
    #[error("`{found}` at {at} does not belong there")]
    Unexpected { at: usize, found: String },
    /// It ends where something has to follow.
    #[error("ends too early")]
    EndsEarly,
    #[error("the text that begins at {at} is not closed")]
    OpenText { at: usize },
    #[error("more than {chars_max} characters")]
    TooLong { chars_max: usize },
    #[error("nested deeper than {depth_max}")]
    TooDeep { depth_max: usize },
    #[error("there is no function {name}()")]
    UnknownFunction { name: String },
    /// Known to other programs, not to this one.
    #[error("{name}() is not supported")]
    UnsupportedFunction { name: String },
    #[error("the axis {name} is not supported")]
    UnsupportedAxis { name: String },
    #[error("{name}() does not take {count} arguments")]
    Arguments { name: String, count: usize },
    /// An argument has to be a path, and is something else.
    #[error("{name}() needs nodes")]
    NeedsNodes { name: String },
    #[error("there is no question {name}")]
    UnknownReference { name: String },
    #[error("there is no list {name}")]
    UnknownList { name: String },
    #[error("the pattern is not understood: {why}")]
    BadPattern { why: String },
    /// One evaluation looked at more nodes than it may.
    #[error("too costly")]
    TooCostly,
}

impl ExpressionFault {
    /// Stable; the sentences may be improved.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Empty => "expression.empty",
            Self::Unexpected { .. } => "expression.unexpected",
            Self::EndsEarly => "expression.ends_early",
            Self::OpenText { .. } => "expression.open_text",
            Self::TooLong { .. } => "expression.too_long",
            Self::TooDeep { .. } => "expression.too_deep",
            Self::UnknownFunction { .. } => "expression.unknown_function",
            Self::UnsupportedFunction { .. } => "expression.unsupported_function",
            Self::UnsupportedAxis { .. } => "expression.unsupported_axis",
            Self::Arguments { .. } => "expression.arguments",
            Self::NeedsNodes { .. } => "expression.needs_nodes",
            Self::UnknownReference { .. } => "expression.unknown_reference",
            Self::UnknownList { .. } => "expression.unknown_list",
            Self::BadPattern { .. } => "expression.bad_pattern",
            Self::TooCostly => "expression.too_costly",
        }
    }

    /// What is wrong, for whoever writes the form.
    pub fn words(&self) -> Words {
        match self {
            Self::Empty => Words::of("表达式是空的。", "The expression is empty."),
            Self::Unexpected { at, found } => Words::new(
                format!("表达式第 {at} 个字符处的“{found}”放错了位置。"),
                format!("“{found}” at character {at} of the expression does not belong there."),
            ),
            Self::EndsEarly => Words::of(
                "表达式没有写完，例如少了括号或另一半。",
                "The expression ends too early: a bracket or a second half is missing.",
            ),
            Self::OpenText { at } => Words::new(
                format!("表达式第 {at} 个字符处的引号没有配对。"),
                format!("The quotation mark at character {at} of the expression is not closed."),
            ),
            Self::TooLong { chars_max } => Words::new(
                format!("表达式超过 {chars_max} 个字符。"),
                format!("The expression has more than {chars_max} characters."),
            ),
            Self::TooDeep { depth_max } => Words::new(
                format!("表达式嵌套超过 {depth_max} 层，请拆成几个计算。"),
                format!(
                    "The expression is nested deeper than {depth_max}. Split it into several calculations."
                ),
            ),
            Self::UnknownFunction { name } => {
                Words::new(format!("没有函数 {name}()。"), format!("There is no function {name}()."))
            }
            Self::UnsupportedFunction { name } => Words::new(
                format!("不支持函数 {name}()。"),
                format!("The function {name}() is not supported."),
            ),
            Self::UnsupportedAxis { name } => {
                Words::new(format!("不支持路径轴 {name}。"), format!("The axis {name} is not supported."))
            }
            Self::Arguments { name, count } => Words::new(
                format!("函数 {name}() 不能有 {count} 个参数。"),
                format!("The function {name}() does not take {count} arguments."),
            ),
            Self::NeedsNodes { name } => Words::new(
                format!("函数 {name}() 需要题目的路径。"),
                format!("The function {name}() needs the path of a question."),
            ),
            Self::UnknownReference { name } => Words::new(
                format!("表达式用到了不存在的题目 {name}。"),
                format!("The expression names the question {name}, which does not exist."),
            ),
            Self::UnknownList { name } => Words::new(
                format!("表达式用到了不存在的选项表 {name}。"),
                format!("The expression names the list {name}, which does not exist."),
            ),
            Self::BadPattern { why } => Words::new(
                format!("正则表达式不能用：{why}"),
                format!("The regular expression cannot be used: {why}"),
            ),
            Self::TooCostly => Words::of(
                "表达式要看的内容太多，已停止计算。",
                "The expression looks at too much and was given up.",
            ),
        }
    }
}
