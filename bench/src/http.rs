//! A light HTTP/1.1 client: one connection kept open, whole answers, so that the driver takes little of the machine.

use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// The longest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// An open connection to the server.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// An answer: its status, its head as it came, and its body.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.head.lines().filter_map(|line| line.split_once(':'));
        fields.find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim())
    }
}

/// A request as it goes over the wire.
pub fn request(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Vec<u8> {
    let mut text = format!("{method} {path} HTTP/1.1\r\nhost: bench\r\n");
    for (name, value) in headers {
        text.push_str(&format!("{name}: {value}\r\n"));
    }
    if !body.is_empty() {
        text.push_str(&format!("content-type: application/json\r\ncontent-length: {}\r\n", body.len()));
    } else if method != "GET" {
        text.push_str("content-length: 0\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}

impl Connection {
    pub async fn open(address: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(address).await?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, read: Vec::with_capacity(16 << 10) })
    }

    /// Sends and reads the whole answer.
    pub async fn send(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.stream.write_all(request).await?;
        let (status, head, length) = loop {
            if let Some(found) = parse_head(&self.read)? {
                break found;
            }
            self.fill().await?;
        };
        let end = match length {
            Length::Known(length) => {
                while self.read.len() < head + length {
                    self.fill().await?;
                }
                head + length
            }
            Length::Chunked => loop {
                if let Some(end) = end_of_chunks(&self.read[head..])? {
                    break head + end;
                }
                self.fill().await?;
            },
        };
        let answer = Answer {
            status,
            head: String::from_utf8_lossy(&self.read[..head]).into_owned(),
            body: self.read[head..end].to_vec(),
        };
        self.read.drain(..end);
        Ok(answer)
    }

    /// Sends, and wants a success.
    pub async fn ask(&mut self, request: &[u8]) -> Result<serde_json::Value, String> {
        let answer = self.send(request).await.map_err(|e| e.to_string())?;
        if answer.is_success() {
            Ok(answer.json())
        } else {
            Err(format!("{}: {}", answer.status, String::from_utf8_lossy(&answer.body)))
        }
    }

    async fn fill(&mut self) -> io::Result<()> {
        if self.read.len() > ANSWER_BYTES_MAX {
            return Err(io::Error::other("the answer is too long"));
        }
        match self.stream.read_buf(&mut self.read).await? {
            0 => Err(io::ErrorKind::UnexpectedEof.into()),
            _ => Ok(()),
        }
    }
}

enum Length {
    Known(usize),
    Chunked,
}

/// Status, where the body begins, and how long it is; nothing while the head is not whole.
fn parse_head(read: &[u8]) -> io::Result<Option<(u16, usize, Length)>> {
    let Some(end) = read.windows(4).position(|w| w == b"\r\n\r\n") else { return Ok(None) };
    let head = std::str::from_utf8(&read[..end]).map_err(|_| io::Error::other("the head is no text"))?;
    let mut lines = head.split("\r\n");
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|s| s.parse().ok());
    let status = status.ok_or_else(|| io::Error::other("no status"))?;
    let mut length = Length::Known(0);
    for line in lines {
        if let Some((name, value)) = line.split_once(':') {
            if name.eq_ignore_ascii_case("content-length") {
                length = Length::Known(value.trim().parse().unwrap_or(0));
            } else if name.eq_ignore_ascii_case("transfer-encoding") {
                length = Length::Chunked;
            }
        }
    }
    Ok(Some((status, end + 4, length)))
}

/// Where a chunked body ends; nothing while it is not whole.
fn end_of_chunks(body: &[u8]) -> io::Result<Option<usize>> {
    let mut at = 0;
    loop {
        let Some(line) = body[at..].windows(2).position(|w| w == b"\r\n") else { return Ok(None) };
        let size = std::str::from_utf8(&body[at..at + line])
            .ok()
            .and_then(|s| usize::from_str_radix(s.trim(), 16).ok());
        let size = size.ok_or_else(|| io::Error::other("a chunk without size"))?;
        let end = at + line + 2 + size + 2;
        if body.len() < end {
            return Ok(None);
        }
        if size == 0 {
            return Ok(Some(end));
        }
        at = end;
    }
}
