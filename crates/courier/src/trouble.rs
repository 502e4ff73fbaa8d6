//! What goes wrong on the way out: a code with its values, kept with the delivery and the endpoint, and said in both languages when somebody
//! reads it. Why so: docs/decisions/0031.

use platform::Words;
use serde::{Deserialize, Serialize};
use std::error::Error;
use std::fmt::{Display, Formatter};
use std::io;
use utoipa::ToSchema;

/// Why something did not arrive. What the other side said of it (`said`) stands as it was said.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Trouble {
    /// What somebody entered is no address of HTTP.
    NoAddress {
        address: String,
    },
    /// It lies within a network that nobody named in `private_networks`.
    Private {
        host: String,
    },
    TooSlow {
        seconds: u64,
    },
    NotReached {
        cause: Cause,
        said: String,
    },
    TooLong {
        bytes_max: usize,
    },
    /// The endpoint as a whole: its key, its load, its breakdown.
    Status {
        status: u16,
        said: String,
    },
    /// They understood, and take this one not.
    Refused {
        status: u16,
        said: String,
    },
    /// They send us to another address, and nobody is followed.
    Elsewhere {
        status: u16,
    },
    /// 2xx with a page for people: a portal in between, or not the address that takes messages.
    Page {
        status: u16,
    },
    /// 2xx, and not what was agreed: a portal in between, half an answer.
    BadAnswer {
        expected: String,
        said: String,
    },
    /// Nothing is there to sign with.
    NoSecret,
    /// They took it and gave no number.
    NoNumber,
    /// A gateway of calls says that it did it, and gives nothing that may be dialled.
    NoNumberToDial,
    /// What is told of a thing needs their number of it, and none is known.
    NumberUnknown,
    /// What they gave breaks a rule of this house; in the words of that rule.
    NotTaken {
        words: Words,
    },
    NoMailServer,
    MailPaused,
    /// How the mail server is written cannot be read.
    MailServerUnreadable,
    /// Mail would leave unencrypted, and not within a network of the operator's.
    MailUnencrypted,
    NoMailAddress {
        whose: MailSide,
    },
    /// SMTP: 4xx is for now, 5xx for good.
    MailServer {
        status: u16,
        said: String,
    },
    /// The catalogue no longer has this kind of gateway.
    UnknownGateway,
    /// A gateway's own word for how it went, which is none for success.
    Gateway {
        word: String,
        said: String,
    },
    /// Nothing of theirs: this house failed.
    Fault {
        step: Step,
        said: String,
    },
    /// As it was noted before there were codes.
    Sentence {
        said: String,
    },
}

/// Why no connection came about.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Nothing listens there.
    Closed,
    UnknownName,
    /// Their certificate does not hold.
    Untrusted,
    /// The connection, not the answer, took too long.
    Slow,
    Other,
}

/// Of two mail addresses the one that is none.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MailSide {
    Sender,
    Recipient,
}

/// Where this house failed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// Reading what is to be told.
    Reading,
    /// It is of a kind that this way cannot tell.
    Telling,
    /// Putting it into the words of a mail.
    Writing,
    Settings,
    Password,
    Encrypting,
    /// Keeping what they gave.
    Keeping,
    /// Taking in what they answered.
    Taking,
}

impl Trouble {
    /// Why nothing was reached, from what the client outside says of it.
    pub fn not_reached(error: &(dyn Error + 'static)) -> Self {
        let (mut deepest, mut cause) = (error, Cause::Other);
        let mut next = Some(error);
        while let Some(error) = next {
            // Whoever resolves names for us has said it already.
            if let Some(told) = error.downcast_ref::<Self>() {
                return told.clone();
            }
            if let Some(found) = error.downcast_ref::<io::Error>().and_then(cause_of) {
                cause = found;
            }
            (deepest, next) = (error, error.source());
        }
        Self::NotReached { cause, said: deepest.to_string() }
    }

    /// A name that nobody knows, or that nobody could be asked for.
    pub(crate) fn not_found(error: &io::Error) -> Self {
        Self::NotReached { cause: Cause::UnknownName, said: error.to_string() }
    }

    pub fn fault(step: Step, said: impl ToString) -> Self {
        Self::Fault { step, said: said.to_string() }
    }

    /// The same without a word that may not be kept: a telephone, a mailbox, a device's address.
    #[must_use]
    pub fn without(mut self, word: &str) -> Self {
        if word.is_empty() {
            return self;
        }
        for text in self.texts() {
            *text = text.replace(word, "…");
        }
        self
    }

    /// What came from elsewhere.
    fn texts(&mut self) -> Vec<&mut String> {
        match self {
            Self::NoAddress { address } => vec![address],
            Self::Private { host } => vec![host],
            Self::NotReached { said, .. }
            | Self::Status { said, .. }
            | Self::Refused { said, .. }
            | Self::BadAnswer { said, .. }
            | Self::MailServer { said, .. }
            | Self::Fault { said, .. }
            | Self::Sentence { said } => vec![said],
            Self::Gateway { word, said } => vec![word, said],
            Self::TooSlow { .. }
            | Self::TooLong { .. }
            | Self::Elsewhere { .. }
            | Self::Page { .. }
            | Self::NoSecret
            | Self::NoNumber
            | Self::NoNumberToDial
            | Self::NumberUnknown
            | Self::NotTaken { .. }
            | Self::NoMailServer
            | Self::MailPaused
            | Self::MailServerUnreadable
            | Self::MailUnencrypted
            | Self::NoMailAddress { .. }
            | Self::UnknownGateway => Vec::new(),
        }
    }

    /// As it is kept.
    pub(crate) fn noted(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|_| self.to_string())
    }

    /// What was kept. From before there were codes it is a sentence; what a later version of this program kept stands as it is too.
    pub(crate) fn read(noted: String) -> Self {
        serde_json::from_str(&noted).unwrap_or(Self::Sentence { said: noted })
    }

    /// For whoever looks after the endpoint, or gave its address.
    pub fn words(&self) -> Words {
        match self {
            Self::NoAddress { address } => Words::new(
                format!("“{address}”不是 http 或 https 网址"),
                format!("“{address}” is no address of http or https"),
            ),
            Self::Private { host } => private_words(host),
            Self::TooSlow { seconds } => {
                Words::new(format!("{seconds} 秒内没有回应"), format!("no answer within {seconds} seconds"))
            }
            Self::NotReached { cause, said } => not_reached_words(*cause, said),
            Self::TooLong { .. } => {
                Words::of("对方的回答太长，没有读完", "their answer is too long to be read")
            }
            Self::Status { status, said } => status_words(*status, said),
            Self::Refused { status, said } => {
                quoting(format!("对方不收（{status}）"), format!("they refuse it ({status})"), said)
            }
            Self::Elsewhere { status } => Words::new(
                format!("对方让转到别的地址（{status}），请核对地址"),
                format!("they send us to another address ({status}): please check the address"),
            ),
            Self::Page { status } => Words::new(
                format!("对方回了一个网页（{status}），不像收了消息，请核对地址"),
                format!(
                    "they answer with a web page ({status}), as no message is taken: please check the address"
                ),
            ),
            Self::BadAnswer { expected, said } => quoting(
                format!("对方的回答不是 {expected} 的格式"),
                format!("their answer is not {expected}"),
                said,
            ),
            Self::NoSecret => Words::of("没有设置签名密钥，消息签不了名", "the key that signs is not set"),
            Self::NoNumber => Words::of("对方收了件，却没有给编号", "they took it and gave no number"),
            Self::NoNumberToDial => Words::of(
                "通道说办成了，却没有给出可以拨打的号码",
                "the gateway says that it did it, and gives no number that may be dialled",
            ),
            Self::NumberUnknown => Words::of(
                "对方还没有给这件事编号，进展送不过去",
                "they have given no number yet, so progress cannot be sent",
            ),
            Self::NotTaken { words } => words.clone(),
            Self::NoMailServer => Words::of(
                "区里还没有设置发邮件的服务器，请系统管理员在“管理 → 消息”里设置",
                "the district has no mail server yet: the system administrator sets it under Administration, Messages",
            ),
            Self::MailPaused => Words::of(
                "系统管理员暂停了发邮件，恢复后接着送",
                "the system administrator has paused mail; what waits leaves once it goes on",
            ),
            Self::MailServerUnreadable => Words::of(
                "邮件服务器的地址读不出来，请重新设置",
                "the address of the mail server cannot be read: please set it anew",
            ),
            Self::MailUnencrypted => Words::of(
                "不加密的邮件只能发到 private_networks 写明的内网服务器",
                "mail leaves unencrypted only within networks that private_networks names",
            ),
            Self::NoMailAddress { whose } => no_mail_words(*whose),
            Self::MailServer { status, said } => mail_server_words(*status, said),
            Self::UnknownGateway => Words::of(
                "目录里已经没有这种通道，请重新设置",
                "the catalogue no longer has this kind of gateway: please set it anew",
            ),
            Self::Gateway { word, said } => quoting(
                "通道没有说收下了".to_owned(),
                "the gateway did not say that it took it".to_owned(),
                &format!("{word} {said}"),
            ),
            Self::Fault { step, said } => fault_words(*step, said),
            Self::Sentence { said } => Words::new(said.clone(), said.clone()),
        }
    }
}

fn private_words(host: &str) -> Words {
    Words::new(
        format!("“{host}”是内网地址，本系统不许访问；要访问，请运维人员在 private_networks 里写明"),
        format!(
            "“{host}” lies within this network, which is not called; the operator may name it in private_networks"
        ),
    )
}

fn no_mail_words(whose: MailSide) -> Words {
    match whose {
        MailSide::Sender => Words::of(
            "发件邮箱不对，请系统管理员核对",
            "the sender is no mail address: the system administrator checks it",
        ),
        MailSide::Recipient => Words::of("收件邮箱不对", "the recipient is no mail address"),
    }
}

fn mail_server_words(status: u16, said: &str) -> Words {
    let (zh, en) = match status {
        500.. => ("邮件服务器退回", "the mail server refuses it"),
        _ => ("邮件服务器现在不收", "the mail server does not take it now"),
    };
    quoting(format!("{zh}（{status}）"), format!("{en} ({status})"), said)
}

fn cause_of(error: &io::Error) -> Option<Cause> {
    let tls = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>());
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Some(Cause::Closed),
        io::ErrorKind::TimedOut => Some(Cause::Slow),
        _ => matches!(tls, Some(rustls::Error::InvalidCertificate(_))).then_some(Cause::Untrusted),
    }
}

fn not_reached_words(cause: Cause, said: &str) -> Words {
    let why = match cause {
        Cause::Closed => Words::of("对方服务器没有开着，或者端口不对", "nothing answers at that port"),
        Cause::UnknownName => Words::of("找不到这个域名", "nobody knows that name"),
        Cause::Untrusted => Words::of("对方的证书不可信", "their certificate is not trusted"),
        Cause::Slow => Words::of("等太久没有接通", "it took too long to connect"),
        Cause::Other => Words::new(format!("“{said}”"), format!("“{said}”")),
    };
    Words::new(format!("连不到对方服务器（{}）", why.zh), format!("their server is not reached ({})", why.en))
}

fn status_words(status: u16, said: &str) -> Words {
    let (zh, en) = match status {
        401 | 403 | 407 => ("对方不认我们的密钥", "they do not accept our key"),
        404 => ("对方没有这个地址", "there is no such address"),
        425 | 429 => ("对方说我们发得太快", "they say we are too fast"),
        500.. => ("对方服务器出错或正在维护", "their server is broken or under repair"),
        _ => ("对方服务器没有办成", "their server did not do it"),
    };
    quoting(format!("{zh}（{status}）"), format!("{en} ({status})"), said)
}

fn fault_words(step: Step, said: &str) -> Words {
    let (zh, en) = match step {
        Step::Reading => ("要送的内容读不出来", "what is to be told cannot be read"),
        Step::Telling => ("这一种消息不能这样送", "this cannot be told by this way"),
        Step::Writing => ("邮件写不出来", "the mail cannot be written"),
        Step::Settings => ("设置读不出来", "the settings cannot be read"),
        Step::Password => ("密码打不开，请重新设置", "the password cannot be opened: please set it anew"),
        Step::Encrypting => ("内容加不了密", "it cannot be encrypted"),
        Step::Keeping => ("收到的照片存不下来", "the photo cannot be kept"),
        Step::Taking => {
            ("对方的回答处理不了，原因在日志里", "their answer cannot be taken; the log has the reason")
        }
    };
    quoting(format!("本系统出错：{zh}"), format!("this system failed: {en}"), said)
}

/// What they said stands behind, as they said it.
fn quoting(zh: String, en: String, said: &str) -> Words {
    match said.trim() {
        "" => Words::new(zh, en),
        said => Words::new(format!("{zh}：“{said}”"), format!("{en}: “{said}”")),
    }
}

impl Display for Trouble {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.words().en)
    }
}

impl Error for Trouble {}

/// A trouble as it is answered: the code to go by, the words to show.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TroubleView {
    /// Stable; the words may be improved.
    #[schema(example = "status")]
    pub code: String,
    pub words: Words,
}

impl From<Trouble> for TroubleView {
    fn from(trouble: Trouble) -> Self {
        let noted = serde_json::to_value(&trouble).unwrap_or_default();
        let code = noted["code"].as_str().unwrap_or_default().to_owned();
        Self { code, words: trouble.words() }
    }
}

#[cfg(test)]
mod tests {
    //! What is said of each, that it is kept whole, and what stood there before there were codes.
    use super::*;

    fn refused() -> Trouble {
        let refused = io::Error::from(io::ErrorKind::ConnectionRefused);
        Trouble::not_reached(&refused)
    }

    #[test]
    fn each_is_kept_whole_and_said_in_both_languages() {
        let said = || "<b>down</b>".to_owned();
        let rows = [
            (
                Trouble::Status { status: 503, said: said() },
                "status",
                "对方服务器出错或正在维护（503）：“<b>down</b>”",
            ),
            (
                Trouble::Status { status: 503, said: String::new() },
                "status",
                "对方服务器出错或正在维护（503）",
            ),
            (
                Trouble::Status { status: 401, said: said() },
                "status",
                "对方不认我们的密钥（401）：“<b>down</b>”",
            ),
            (Trouble::Status { status: 404, said: String::new() }, "status", "对方没有这个地址（404）"),
            (Trouble::Status { status: 429, said: String::new() }, "status", "对方说我们发得太快（429）"),
            (Trouble::Refused { status: 400, said: said() }, "refused", "对方不收（400）：“<b>down</b>”"),
            (Trouble::Elsewhere { status: 302 }, "elsewhere", "对方让转到别的地址（302），请核对地址"),
            (Trouble::Page { status: 200 }, "page", "对方回了一个网页（200），不像收了消息，请核对地址"),
            (Trouble::TooSlow { seconds: 15 }, "too_slow", "15 秒内没有回应"),
            (refused(), "not_reached", "连不到对方服务器（对方服务器没有开着，或者端口不对）"),
            (Trouble::not_reached(&io::Error::other("cut")), "not_reached", "连不到对方服务器（“cut”）"),
            (
                Trouble::BadAnswer { expected: "JSON".to_owned(), said: said() },
                "bad_answer",
                "对方的回答不是 JSON 的格式：“<b>down</b>”",
            ),
            (
                Trouble::MailServer { status: 550, said: said() },
                "mail_server",
                "邮件服务器退回（550）：“<b>down</b>”",
            ),
            (
                Trouble::MailServer { status: 451, said: said() },
                "mail_server",
                "邮件服务器现在不收（451）：“<b>down</b>”",
            ),
            (
                Trouble::Gateway { word: "E1".to_owned(), said: "余额不足".to_owned() },
                "gateway",
                "通道没有说收下了：“E1 余额不足”",
            ),
            (Trouble::UnknownGateway, "unknown_gateway", "目录里已经没有这种通道，请重新设置"),
            (Trouble::NotTaken { words: Words::of("太大", "too large") }, "not_taken", "太大"),
            (Trouble::fault(Step::Writing, "x"), "fault", "本系统出错：邮件写不出来：“x”"),
        ];
        for (trouble, code, zh) in rows {
            assert_eq!(Trouble::read(trouble.noted()), trouble);
            let seen = TroubleView::from(trouble);
            assert_eq!((seen.code.as_str(), &*seen.words.zh), (code, zh));
            let is_english =
                seen.words.en.replace("余额不足", "").chars().all(|c| c.is_ascii() || "“”".contains(c));
            assert!(is_english, "{}", seen.words.en);
        }
    }

    #[test]
    fn what_was_noted_before_there_were_codes_stands_as_it_was() {
        for noted in ["503: <b>down</b>", "not reached: x", "{\"code\":\"of_a_later_version\"}"] {
            let seen = TroubleView::from(Trouble::read(noted.to_owned()));
            assert_eq!((seen.code.as_str(), &*seen.words.zh, &*seen.words.en), ("sentence", noted, noted));
        }
    }

    #[test]
    fn what_may_not_be_kept_is_left_out() {
        let told = Trouble::Gateway { word: "NO 139".to_owned(), said: "139 is no number".to_owned() };
        assert_eq!(
            told.without("139"),
            Trouble::Gateway { word: "NO …".to_owned(), said: "… is no number".to_owned() }
        );
        assert_eq!(refused().without(""), refused());
    }
}
