//! The refusals of identity, each with a stable code.

use crate::model::{Unfit, Weakness};
use axum::http::StatusCode;
use platform::{Fault, Problem, Refusal, Time, Words};

#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    #[error("the login or the password is wrong")]
    WrongSignIn,
    #[error("the login is locked until {until}")]
    Locked { until: Time },
    #[error("the account is suspended")]
    Suspended,
    #[error("a second factor is needed")]
    SecondFactorNeeded,
    #[error("the code of the second factor is wrong")]
    SecondFactorWrong,
    #[error("there is no second factor to confirm")]
    NoSecondFactor,
    #[error("the session is over")]
    SessionExpired,
    #[error("the token is for another district")]
    OtherDistrict,
    #[error("the key is unknown, revoked or over")]
    KeyRefused,
    #[error("the password is too weak")]
    WeakPassword(Weakness),
    #[error("the present password is wrong")]
    WrongPassword,
    #[error("the login cannot be used")]
    BadLogin,
    #[error("the login is taken")]
    LoginTaken,
    #[error("the name cannot be used")]
    BadName,
    #[error("the phone is none")]
    BadPhone { mobile: bool },
    #[error("the code is wrong")]
    WrongCode { tries_left: u32 },
    #[error("the code is no longer good")]
    CodeGone,
    #[error("no codes can be sent")]
    NoSender,
    #[error("there is no such role")]
    UnknownRole,
    #[error("the role does not go with this scope")]
    ScopeUnfit(Unfit),
    #[error("the role is not for this kind of account")]
    RoleUnfit,
    #[error("the period ends before it begins")]
    BadPeriod,
    #[error("the account is already one of the three administrators")]
    OneAdministrator,
    #[error("an administrator holds no post or other role")]
    AdministratorAlone,
    #[error("the account is closed")]
    Closed,
    #[error("not with one's own account")]
    OwnAccount,
    #[error("the last administrator of a kind stays")]
    LastAdministrator,
    #[error("not for this kind of account")]
    WrongKind,
    #[error("the key opens nothing any more")]
    KeyOver,
    #[error("the reach of a key does not hold: {field}")]
    BadReach { field: &'static str, zh: &'static str, en: &'static str },
    #[error("too many are signing in")]
    Busy,
    #[error("not found")]
    NotFound,
    #[error("forbidden")]
    Forbidden,
    #[error("a cursor or filter cannot be read")]
    BadFilter { field: &'static str },
    /// A refusal of the edge on its way through a command.
    #[error("{}", .0.code)]
    Refused(Box<Problem>),
    #[error(transparent)]
    Fault(Fault),
}

impl From<Fault> for IdentityError {
    fn from(fault: Fault) -> Self {
        match fault.constraint() {
            Some("identity_account_login_key") => Self::LoginTaken,
            Some("identity_assignment_account_id_key") => Self::OneAdministrator,
            _ => Self::Fault(fault),
        }
    }
}

impl From<Problem> for IdentityError {
    fn from(problem: Problem) -> Self {
        Self::Refused(Box::new(problem))
    }
}

impl From<IdentityError> for Problem {
    /// Faults are logged here, once, on their way out.
    fn from(error: IdentityError) -> Self {
        if let IdentityError::Fault(fault) = &error {
            tracing::error!("Identity could not do its work: {fault:?}");
        }
        error.problem()
    }
}

impl Refusal for IdentityError {
    fn problem(&self) -> Problem {
        match self {
            Self::Locked { until } => {
                let at = until.local().strftime("%H:%M").to_string();
                Problem::new(
                    StatusCode::FORBIDDEN,
                    "identity.locked",
                    words(
                        "失败次数太多，暂时不能登录。",
                        "Too many failures: signing in is locked for a while.",
                    ),
                )
                .detail(Words::new(
                    format!("{at} 以后再试，或请系统管理员解锁。"),
                    format!("Try again after {at}, or ask the system administrator to unlock it."),
                ))
                .with("until", until)
            }
            Self::WeakPassword(weakness) => weak(*weakness),
            Self::BadPhone { mobile } => {
                let sentence = if *mobile {
                    words("请填写 11 位手机号。", "Please give a mobile number of 11 digits.")
                } else {
                    words("电话号码不对。", "This is not a telephone number.")
                };
                Problem::invalid("identity.bad_phone", "phone", sentence)
            }
            Self::WrongCode { tries_left } => Problem::invalid(
                "identity.wrong_code",
                "code",
                Words::new(
                    format!("验证码不对，还可以试 {tries_left} 次。"),
                    format!("The code is wrong; {tries_left} tries are left."),
                ),
            )
            .with("tries_left", tries_left),
            Self::ScopeUnfit(unfit) => Problem::invalid(
                "identity.scope_unfit",
                "scope",
                match unfit {
                    Unfit::Area => words("这个角色要指定一个区域。", "This role needs an area."),
                    Unfit::Unit => words("这个角色要指定一个单位。", "This role needs an organisation."),
                    Unfit::District => words("这个角色只能管全区。", "This role is for the whole district."),
                    Unfit::Given => words(
                        "这个角色随账号自带，不用授予。",
                        "This role comes with the account and is not given.",
                    ),
                },
            ),
            Self::BadFilter { field } => Problem::invalid(
                "identity.bad_filter",
                *field,
                words("筛选条件不对。", "This filter cannot be read."),
            ),
            Self::BadReach { field, zh, en } => Problem::invalid("identity.bad_reach", *field, words(zh, en)),
            Self::NotFound => Problem::not_found(),
            Self::Forbidden => Problem::forbidden(),
            Self::Refused(problem) => (**problem).clone(),
            Self::Fault(fault) => Problem::from(fault),
            plain => plain_problem(plain),
        }
    }
}

const fn words(zh: &'static str, en: &'static str) -> Words {
    Words::of(zh, en)
}

/// The refusals without a value in them: status, code, field, sentence.
fn plain_problem(error: &IdentityError) -> Problem {
    use IdentityError as E;
    let (status, code, field, sentence) = match error {
        E::WrongSignIn => (
            401,
            "identity.wrong_sign_in",
            "password",
            words("账号或密码不对。", "The login or the password is wrong."),
        ),
        E::Suspended => (
            403,
            "identity.suspended",
            "",
            words(
                "账号已停用，请联系系统管理员。",
                "This account is suspended. Please ask the system administrator.",
            ),
        ),
        E::SecondFactorNeeded => (
            401,
            "identity.second_factor_needed",
            "code",
            words("请输入动态验证码。", "Please enter the code of your second factor."),
        ),
        E::SecondFactorWrong => (
            401,
            "identity.second_factor_wrong",
            "code",
            words("动态验证码不对，或已经用过。", "The code is wrong or was used before."),
        ),
        E::NoSecondFactor => (
            409,
            "identity.no_second_factor",
            "",
            words("没有等待确认的动态验证。", "There is no second factor waiting to be confirmed."),
        ),
        E::SessionExpired => (
            401,
            "identity.session_expired",
            "",
            words("登录已过期，请重新登录。", "Your session is over. Please sign in again."),
        ),
        E::OtherDistrict => (
            403,
            "identity.other_district",
            "",
            words("这个登录属于另一个区。", "This sign-in belongs to another district."),
        ),
        E::KeyRefused => (
            401,
            "identity.key_refused",
            "api_key",
            words("接口密钥无效或已吊销。", "The key is unknown or was revoked."),
        ),
        E::WrongPassword => (
            403,
            "identity.wrong_password",
            "present",
            words("现在的密码不对。", "The present password is wrong."),
        ),
        E::BadLogin => (
            422,
            "identity.bad_login",
            "login",
            words(
                "登录名要 3 到 64 个字母、数字、汉字或 . _ -，不能全是数字。",
                "A login is 3 to 64 letters, digits, hanzi or . _ -, and not only digits.",
            ),
        ),
        E::LoginTaken => {
            (409, "identity.login_taken", "login", words("这个登录名已有人用。", "This login is taken."))
        }
        E::BadName => (
            422,
            "identity.bad_name",
            "name",
            words("名字要 1 到 64 个字。", "A name has 1 to 64 characters."),
        ),
        E::CodeGone => (
            422,
            "identity.code_gone",
            "code",
            words(
                "验证码不对或已失效，请重新获取。",
                "The code is wrong or no longer good. Please ask for a new one.",
            ),
        ),
        E::NoSender => (
            503,
            "identity.no_sender",
            "",
            words("短信暂时发不出去，请打电话办理。", "No text messages can be sent now. Please call us."),
        ),
        E::UnknownRole => {
            (422, "identity.unknown_role", "role", words("没有这个角色。", "There is no such role."))
        }
        E::RoleUnfit => (
            422,
            "identity.role_unfit",
            "role",
            words("这个角色不能授予这类账号。", "This role is not for this kind of account."),
        ),
        E::BadPeriod => (
            422,
            "identity.bad_period",
            "to",
            words("结束时间要晚于开始时间。", "The end must be after the beginning."),
        ),
        E::OneAdministrator => (
            409,
            "identity.one_administrator",
            "role",
            words(
                "三员分立：一个账号只能担任一种管理员。",
                "The three administrators are separate: an account is at most one of them.",
            ),
        ),
        E::AdministratorAlone => (
            409,
            "identity.administrator_alone",
            "role",
            words(
                "管理员账号不能同时担任其他岗位或角色。",
                "An administrator's account holds no other post or role.",
            ),
        ),
        E::Closed => (409, "identity.closed", "", words("账号已注销。", "The account is closed.")),
        E::OwnAccount => (
            409,
            "identity.own_account",
            "",
            words("不能对自己的账号这样做。", "This cannot be done to one's own account."),
        ),
        E::LastAdministrator => (
            409,
            "identity.last_administrator",
            "",
            words(
                "这是最后一位这类管理员，请先授予另一位。",
                "This is the last administrator of this kind. Please appoint another one first.",
            ),
        ),
        E::KeyOver => (
            409,
            "identity.key_over",
            "",
            words("这个密钥已经失效，请重新签发。", "This key opens nothing any more: issue a new one."),
        ),
        E::WrongKind => (
            422,
            "identity.wrong_kind",
            "",
            words("这类账号不能这样做。", "This is not for this kind of account."),
        ),
        _ => (
            503,
            "identity.busy",
            "",
            words("登录的人太多，请稍候再试。", "Too many people are signing in. Please try again shortly."),
        ),
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let problem = Problem::new(status, code, sentence);
    let problem = if field.is_empty() { problem } else { problem.field(field) };
    if matches!(error, E::Busy) { problem.with("retry_after_s", 5) } else { problem }
}

fn weak(weakness: Weakness) -> Problem {
    let sentence = match weakness {
        Weakness::TooShort { chars_min } => Words::new(
            format!("密码至少 {chars_min} 个字符。"),
            format!("A password has at least {chars_min} characters."),
        ),
        Weakness::TooLong => words("密码太长。", "The password is too long."),
        Weakness::HoldsLogin => words("密码里不能有登录名。", "The password must not hold the login."),
        Weakness::Common => {
            words("这个密码太常见，容易被猜中。", "This password is too common and easily guessed.")
        }
        Weakness::Same => {
            words("新密码不能与现在的相同。", "The new password must differ from the present one.")
        }
        Weakness::Monotone => {
            words("密码里不同的字符太少。", "The password has too few different characters.")
        }
    };
    Problem::invalid("identity.weak_password", "password", sentence)
}
