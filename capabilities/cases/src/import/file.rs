//! Reads a CSV file as people have it: packed or not, UTF-8 with or without its mark, UTF-16 or GB18030, any delimiter.

use encoding_rs::{CoderResult, Decoder, DecoderResult, Encoding, GB18030, UTF_8};
use flate2::read::MultiGzDecoder;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Bytes of a file once unpacked: a small packed file cannot unfold without end.
pub const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024 * 1024;
/// Bytes read at a time.
const CHUNK_BYTES: usize = 64 * 1024;
/// Looked for in the first line; the commonest wins.
const DELIMITERS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// An open file: its columns' names and its rows.
pub struct CsvFile {
    pub headers: csv::StringRecord,
    pub encoding: &'static str,
    /// Of the file on the disk.
    pub bytes_total: u64,
    rows: csv::Reader<Box<dyn BufRead + Send>>,
    bytes_read: Arc<AtomicU64>,
}

impl std::fmt::Debug for CsvFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "CsvFile({} bytes, {})", self.bytes_total, self.encoding)
    }
}

impl CsvFile {
    pub fn open(path: &Path) -> io::Result<Self> {
        let encoding = detect(path)?;
        let bytes_total = std::fs::metadata(path)?.len();
        let bytes_read = Arc::new(AtomicU64::new(0));
        let text = Decoded::new(unpacked(path, bytes_read.clone())?, encoding);
        let mut text: Box<dyn BufRead + Send> = Box::new(BufReader::with_capacity(CHUNK_BYTES, text));
        let delimiter = delimiter_of(text.fill_buf()?);
        // Rows of another length are not skipped here but named one by one.
        let mut rows = csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(text);
        let mut headers = rows.headers().map_err(io::Error::from)?.clone();
        headers.trim();
        Ok(Self { headers, encoding: encoding.name(), bytes_total, rows, bytes_read })
    }

    /// The next row; false at the end.
    pub fn read(&mut self, row: &mut csv::StringRecord) -> io::Result<bool> {
        self.rows.read_record(row).map_err(io::Error::from)
    }

    /// How far the file on the disk has been read.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read.load(Ordering::Relaxed)
    }
}

/// The commonest delimiter of the first line, quoted text left out.
fn delimiter_of(start: &[u8]) -> u8 {
    let mut counts = [0usize; DELIMITERS.len()];
    let mut quoted = false;
    for byte in start {
        if *byte == b'\n' && !quoted {
            break;
        }
        if *byte == b'"' {
            quoted = !quoted;
        } else if !quoted && let Some(i) = DELIMITERS.iter().position(|d| d == byte) {
            counts[i] += 1;
        }
    }
    let most = counts.iter().max().copied().unwrap_or(0);
    counts.iter().position(|count| *count == most).map_or(b',', |i| DELIMITERS[i])
}

/// By the mark at its beginning, else UTF-8 where every byte of it is, else GB18030, which holds GBK and GB 2312.
fn detect(path: &Path) -> io::Result<&'static Encoding> {
    let mut file = unpacked(path, Arc::default())?;
    let mut bytes = vec![0; CHUNK_BYTES];
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut text = String::with_capacity(4 * CHUNK_BYTES);
    let mut is_first = true;
    loop {
        let count = file.read(&mut bytes)?;
        if is_first && let Some((encoding, _)) = Encoding::for_bom(&bytes[..count]) {
            return Ok(encoding);
        }
        is_first = false;
        text.clear();
        let (result, _) =
            decoder.decode_to_string_without_replacement(&bytes[..count], &mut text, count == 0);
        if matches!(result, DecoderResult::Malformed(..)) {
            return Ok(GB18030);
        }
        if count == 0 {
            return Ok(UTF_8);
        }
    }
}

/// The file's bytes, unpacked where they are gzip whatever the name says.
fn unpacked(path: &Path, bytes_read: Arc<AtomicU64>) -> io::Result<Box<dyn Read + Send>> {
    let mut file = BufReader::with_capacity(CHUNK_BYTES, Counted { inner: File::open(path)?, bytes_read });
    let is_gzip = file.fill_buf()?.starts_with(&[0x1F, 0x8B]);
    let bytes: Box<dyn Read + Send> =
        if is_gzip { Box::new(MultiGzDecoder::new(file)) } else { Box::new(file) };
    Ok(Box::new(Bounded { inner: bytes, left: FILE_BYTES_MAX }))
}

/// Tells how much has been read, for the progress bar.
struct Counted<R> {
    inner: R,
    bytes_read: Arc<AtomicU64>,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.bytes_read.fetch_add(count as u64, Ordering::Relaxed);
        Ok(count)
    }
}

/// Refuses to go on past the limit, rather than to end as if that were all.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(out)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            io::Error::new(
                io::ErrorKind::FileTooLarge,
                format!("the file has more than {FILE_BYTES_MAX} bytes"),
            )
        })?;
        Ok(count)
    }
}

/// Bytes of any encoding as UTF-8. What is no character becomes U+FFFD.
struct Decoded<R> {
    inner: R,
    decoder: Decoder,
    raw: Vec<u8>,
    /// What of `raw` has not been decoded yet.
    pending: std::ops::Range<usize>,
    ended: bool,
    done: bool,
}

impl<R> Decoded<R> {
    fn new(inner: R, encoding: &'static Encoding) -> Self {
        let decoder = encoding.new_decoder_with_bom_removal();
        Self { inner, decoder, raw: vec![0; CHUNK_BYTES], pending: 0..0, ended: false, done: false }
    }
}

impl<R: Read> Read for Decoded<R> {
    /// `out` must hold a character: the buffer before it has 64 KiB.
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.done {
            if self.pending.is_empty() && !self.ended {
                let count = self.inner.read(&mut self.raw)?;
                self.pending = 0..count;
                self.ended = count == 0;
            }
            let raw = &self.raw[self.pending.clone()];
            let (result, read, written, _) = self.decoder.decode_to_utf8(raw, out, self.ended);
            self.pending.start += read;
            self.done = self.ended && result == CoderResult::InputEmpty;
            if written > 0 {
                return Ok(written);
            }
        }
        Ok(0)
    }
}

#[cfg(test)]
mod tests {
    //! The same three lines, however they were saved.
    use super::CsvFile;
    use encoding_rs::GBK;
    use std::io::Write as _;

    const TEXT: &str = "编号,说明\n1,\"水管，爆了\"\n2,🚰𠮷\n";

    fn rows(bytes: &[u8]) -> (Vec<Vec<String>>, &'static str) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("any.csv");
        std::fs::write(&path, bytes).unwrap();
        let mut file = CsvFile::open(&path).unwrap();
        let mut all = vec![file.headers.iter().map(str::to_owned).collect()];
        let mut row = csv::StringRecord::new();
        while file.read(&mut row).unwrap() {
            all.push(row.iter().map(str::to_owned).collect());
        }
        assert_eq!(file.bytes_read(), file.bytes_total);
        (all, file.encoding)
    }

    #[test]
    fn a_file_is_read_however_it_was_saved() {
        let (expected, encoding) = rows(TEXT.as_bytes());
        assert_eq!((expected.len(), encoding), (3, "UTF-8"));
        assert_eq!(expected[1], ["1", "水管，爆了"]);
        assert_eq!(rows(format!("\u{feff}{TEXT}").as_bytes()).0, expected);
        assert_eq!(rows(TEXT.replace(',', ";").as_bytes()).0, expected);
        assert_eq!(rows(TEXT.replace(',', "\t").replace('\n', "\r\n").as_bytes()).0, expected);

        let gb18030 = encoding_rs::GB18030.encode(TEXT).0;
        assert_eq!(rows(&gb18030), (expected.clone(), "gb18030"));
        let gbk = GBK.encode("编号,说明\n1,水管爆了\n").0;
        assert_eq!(rows(&gbk).0[1], ["1", "水管爆了"]);

        let utf16: Vec<u8> =
            std::iter::once(0xFEFF).chain(TEXT.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(rows(&utf16).0, expected);

        let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packed.write_all(TEXT.as_bytes()).unwrap();
        assert_eq!(rows(&packed.finish().unwrap()).0, expected);
    }

    #[test]
    fn a_character_across_two_chunks_stays_whole() {
        let text = format!("a\n{}\n", "水".repeat(100_000));
        assert_eq!(rows(text.as_bytes()).0[1][0].chars().count(), 100_000);
    }
}
