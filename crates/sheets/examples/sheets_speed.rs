//! How fast, and with how much memory: reads 278,400 people × 15 from XLSX and CSV, writes 50,000 × 20 to XLSX.
//!
//! `cargo run --release -p sheets --example sheets_speed`. Each step runs in a process of its own, so that its peak is its own.

use platform::Fault;
use platform::limits::MIB;
use sheets::{Book, BookWriter, Cell, Column, CsvWriter, Limits, RowWriter};
use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

const READ: (u32, u16) = (278_400, 15);
const WRITTEN: (u32, u16) = (50_000, 20);

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => run_all(),
        ["read", path] => read(Path::new(path)),
        [step, path] => write(step, Path::new(path)),
        _ => Err("no arguments, or a step and a file".into()),
    }
}

fn run_all() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let shared = folder.path().join("shared.xlsx");
    write_shared(&shared)?;
    let program = std::env::current_exe()?;
    for (step, name) in [
        ("export", "export.xlsx"),
        ("make", "inline.xlsx"),
        ("read", "inline.xlsx"),
        ("read", "shared.xlsx"),
        ("make-csv", "people.csv"),
        ("read", "people.csv"),
    ] {
        let status = Command::new(&program).arg(step).arg(folder.path().join(name)).status()?;
        if !status.success() {
            return Err(format!("{step} {name} failed").into());
        }
    }
    Ok(())
}

fn columns(count: u16) -> Vec<Column> {
    (0..count).map(|column| Column::text(format!("c{column}"), format!("列{column}"))).collect()
}

/// Texts of which most occur once, as in a register: names, numbers, addresses.
fn cells(row: u32, count: u16) -> Vec<Cell> {
    let text = |column: u16| match column % 5 {
        0 => format!("4302041990{:08}", row * 7 + u32::from(column)),
        1 => format!("张三{row}"),
        2 => format!("田心街道东门社区 {} 栋 {} 号", row % 97, row),
        3 => "汉族".to_owned(),
        _ => format!("138{row:08}"),
    };
    (0..count).map(|column| Cell::Text(text(column))).collect()
}

fn write(step: &str, path: &Path) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let (rows, count) = if step == "export" { WRITTEN } else { READ };
    let mut writer: Box<dyn RowWriter> = match step {
        "make-csv" => Box::new(CsvWriter::create(path, &columns(count), true)?),
        _ => Box::new(BookWriter::create(path, &columns(count))?),
    };
    for row in 0..rows {
        writer.add_row(&cells(row, count))?;
    }
    writer.finish()?;
    tell(step, path, begun, &format!("{rows} x {count} written"))
}

/// A workbook as office programs save it, with shared strings: made with all of them in memory, and so not measured.
fn write_shared(path: &Path) -> Result<(), Box<dyn Error>> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    for row in 0..READ.0 {
        for (column, cell) in (0..).zip(cells(row, READ.1)) {
            sheet.write_string(row, column, cell.text())?;
        }
    }
    Ok(book.save(path)?)
}

fn read(path: &Path) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let refused = |fault: sheets::SheetFault| fault.words().en.into_owned();
    // The same table as text is three times as large as a workbook.
    let limits = Limits { file_bytes_max: 100 * MIB, ..Limits::default() };
    let book = Book::open(path, &limits).map_err(refused)?;
    let opened_ms = begun.elapsed().as_millis();
    let (mut rows, mut chars) = (0_u64, 0_u64);
    book.each_row(0, |_, cells| {
        rows += 1;
        chars += cells.iter().map(|cell| cell.text_ref().len() as u64).sum::<u64>();
        ControlFlow::Continue(())
    })
    .map_err(refused)?;
    tell("read", path, begun, &format!("{rows} rows, {chars} bytes of text; the opening took {opened_ms} ms"))
}

fn tell(step: &str, path: &Path, begun: Instant, what: &str) -> Result<(), Box<dyn Error>> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let mib = std::fs::metadata(path)?.len() / (1 << 20);
    let (elapsed_ms, cpu_ms, peak_mib) = (begun.elapsed().as_millis(), cpu_ms()?, peak_mib()?);
    println!(
        "{step:9} {name:12} {mib:4} MiB {elapsed_ms:6} ms, {cpu_ms:6} ms of one core, peak {peak_mib:4} MiB: {what}"
    );
    Ok(())
}

/// What this process has had of the processor: on a busy machine more telling than the clock. Linux counts hundredths of a second.
fn cpu_ms() -> Result<u64, Fault> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let after_name = stat.rsplit_once(") ").map_or("", |(_, rest)| rest);
    // Fields 14 and 15 of proc(5), the state behind the name being the third.
    Ok(after_name.split(' ').skip(11).take(2).filter_map(|ticks| ticks.parse::<u64>().ok()).sum::<u64>() * 10)
}

/// The most memory this process ever held, as Linux tells it.
fn peak_mib() -> Result<u64, Fault> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|kib| kib.parse::<u64>().ok());
    Ok(kib.unwrap_or(0) / 1024)
}
