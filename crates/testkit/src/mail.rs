//! A mail server in the hand of a test: it speaks SMTP, and keeps what it is told, or refuses a recipient.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use parking_lot::Mutex;
use std::sync::Arc;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// The server.
#[derive(Clone, Debug)]
pub struct MailSink {
    pub address: String,
    mails: Arc<Mutex<Vec<Mail>>>,
    refuses: Arc<Mutex<Option<&'static str>>>,
    /// How many mails are kept still of which the sender does not hear.
    losses: Arc<Mutex<usize>>,
}

impl MailSink {
    pub async fn open() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = format!("smtp+plain://{}", listener.local_addr().expect("bound"));
        let sink = Self { address, mails: Arc::default(), refuses: Arc::default(), losses: Arc::default() };
        let serving = sink.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serving.clone().serve(stream));
            }
        });
        sink
    }

    /// Answers this to each recipient from now on.
    pub fn refuse(&self, answer: Option<&'static str>) {
        *self.refuses.lock() = answer;
    }

    /// Keeps the next mails and hangs up, as a line does that breaks at the wrong moment.
    pub fn lose_answers(&self, mails: usize) {
        *self.losses.lock() = mails;
    }

    fn loses(&self) -> bool {
        let mut losses = self.losses.lock();
        let loses = *losses > 0;
        *losses = losses.saturating_sub(1);
        loses
    }

    /// What came, in its order.
    pub fn mails(&self) -> Vec<Mail> {
        self.mails.lock().clone()
    }

    async fn serve(self, stream: TcpStream) {
        let (read, mut write) = stream.into_split();
        let mut lines = BufReader::new(read).lines();
        let mut mail: Option<String> = None;
        write.write_all(b"220 sink\r\n").await.expect("a greeting");
        while let Ok(Some(line)) = lines.next_line().await {
            let answer = match (&mut mail, line.as_str()) {
                (Some(_), ".") => {
                    self.mails.lock().extend(mail.take().map(Mail));
                    if self.loses() {
                        return;
                    }
                    "250 kept".to_owned()
                }
                (Some(text), line) => {
                    text.push_str(line);
                    text.push('\n');
                    continue;
                }
                (None, "DATA") => {
                    mail = Some(String::new());
                    "354 go on".to_owned()
                }
                (None, "QUIT") => "221 bye".to_owned(),
                (None, line) if line.starts_with("RCPT") => {
                    self.refuses.lock().unwrap_or("250 well").to_owned()
                }
                (None, line) if line.starts_with("EHLO") => "250 sink".to_owned(),
                (None, _) => "250 well".to_owned(),
            };
            if write.write_all(format!("{answer}\r\n").as_bytes()).await.is_err() {
                return;
            }
        }
    }
}

/// A mail as it came: headers, an empty line, and words.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Mail(pub String);

impl Mail {
    /// A header, unfolded, as it is written.
    pub fn header(&self, name: &str) -> Option<String> {
        header_in(self.0.split_once("\n\n")?.0, name)
    }

    /// A header in which words of other languages stand encoded (RFC 2047), decoded.
    pub fn header_words(&self, name: &str) -> Option<String> {
        let raw = self.header(name)?;
        let (mut words, mut rest) = (String::new(), raw.as_str());
        while let Some((before, after)) = rest.split_once("=?utf-8?b?") {
            // White space between two encoded pieces is none of the words.
            words.push_str(if before.trim().is_empty() { "" } else { before });
            let (base64, more) = after.split_once("?=").expect("an end");
            let bytes = STANDARD.decode(base64).expect("base64");
            words.push_str(std::str::from_utf8(&bytes).expect("words"));
            rest = more;
        }
        Some(words + rest)
    }

    /// The words, whatever they were wrapped in; of a mail in two forms the text.
    pub fn words(&self) -> String {
        decoded(self.part("text/plain").unwrap_or(&self.0))
    }

    /// The page of a mail in two forms.
    pub fn html(&self) -> Option<String> {
        self.part("text/html").map(decoded)
    }

    /// A part of a mail in two forms, with its own headers.
    fn part(&self, kind: &str) -> Option<&str> {
        let (headers, body) = self.0.split_once("\n\n")?;
        let boundary = header_in(headers, "Content-Type")?;
        let boundary = boundary.split_once("boundary=\"")?.1.split('"').next()?.to_owned();
        let is_it = |part: &&str| {
            let headers = part.split_once("\n\n").map_or("", |(headers, _)| headers);
            header_in(headers, "Content-Type").is_some_and(|told| told.starts_with(kind))
        };
        body.split(&format!("--{boundary}")).map(str::trim_start).find(is_it)
    }
}

fn header_in(headers: &str, name: &str) -> Option<String> {
    let unfolded = headers.replace("\n ", " ").replace("\n\t", " ");
    unfolded.lines().find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim().to_owned()))
}

fn decoded(mail: &str) -> String {
    let (headers, body) = mail.split_once("\n\n").expect("headers and words");
    if headers.contains("base64") {
        let joined: String = body.split_whitespace().collect();
        let bytes = STANDARD.decode(joined).expect("base64");
        return String::from_utf8(bytes).expect("words");
    }
    // Quoted-printable: soft breaks and =XX.
    let joined = body.replace("=\n", "");
    let mut bytes = Vec::new();
    let mut rest = joined.as_bytes();
    while let Some((first, more)) = rest.split_first() {
        if *first == b'=' && more.len() >= 2 {
            let hex = std::str::from_utf8(&more[..2]).expect("hex");
            bytes.push(u8::from_str_radix(hex, 16).expect("hex"));
            rest = &more[2..];
        } else {
            bytes.push(*first);
            rest = more;
        }
    }
    String::from_utf8(bytes).expect("words")
}
