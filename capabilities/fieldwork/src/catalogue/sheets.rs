//! What stands out on a sheet: catalog/fieldwork/sheets.toml, checked when loaded.

use edge::Settings;
use platform::{Fault, Words};
use serde::Deserialize;

const SHEETS: (&str, &str) =
    ("fieldwork/sheets.toml", include_str!("../../../../catalog/fieldwork/sheets.toml"));
/// The numbers of a grid that a sentence may be about.
pub const REMARKED: [&str; 4] = ["overdue", "visits_left", "absent", "stale"];

/// When a number of a grid is said in words; on the shelf.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SheetBook {
    source: String,
    #[expect(dead_code, reason = "for readers")]
    version: String,
    sentences_max: usize,
    nothing: Words,
    sentence: Vec<Sentence>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sentence {
    figure: String,
    least: i64,
    zh: String,
    en: String,
}

/// A number of a grid, by the word of [`REMARKED`].
#[derive(Clone, Copy, Debug)]
pub struct Remark<'a> {
    pub area: &'a str,
    pub figure: &'static str,
    pub n: i64,
}

impl SheetBook {
    /// Reads and checks the file.
    ///
    /// # Errors
    /// A fault that names the file and what is wrong in it.
    pub fn load(settings: &Settings) -> Result<Self, Fault> {
        Self::read(&settings.catalogue_text(SHEETS)?)
    }

    fn read(text: &str) -> Result<Self, Fault> {
        let book: Self = toml::from_str(text)
            .map_err(|e| Fault::broken(format!("{} cannot be read", SHEETS.0)).because(e))?;
        let wrong = book.sentence.iter().filter(|one| {
            !REMARKED.contains(&one.figure.as_str())
                || one.least < 1
                || ![&one.zh, &one.en].iter().all(|text| text.contains("{area}") && text.contains("{n}"))
        });
        let mut faults: Vec<String> = wrong.map(|one| format!("the sentence of {}", one.figure)).collect();
        if book.source.trim().is_empty() || book.sentences_max == 0 {
            faults.push("says no source, or nothing at all".to_owned());
        }
        if faults.is_empty() {
            Ok(book)
        } else {
            Err(Fault::broken(format!("{}: {}", SHEETS.0, faults.join("; "))))
        }
    }

    /// What stands out among these numbers: sentence by sentence, in the order of the areas.
    pub fn stands_out(&self, remarks: &[Remark<'_>]) -> Vec<Words> {
        let said = self.sentence.iter().flat_map(|sentence| {
            let high = remarks.iter().filter(|one| one.figure == sentence.figure && one.n >= sentence.least);
            high.map(|one| {
                let fill = |text: &str| text.replace("{area}", one.area).replace("{n}", &one.n.to_string());
                Words::new(fill(&sentence.zh), fill(&sentence.en))
            })
        });
        let said: Vec<Words> = said.take(self.sentences_max).collect();
        if said.is_empty() { vec![self.nothing.clone()] } else { said }
    }
}

#[cfg(test)]
mod tests {
    use super::{Remark, SHEETS, SheetBook};

    #[test]
    fn what_is_high_is_said_and_no_more() {
        let book = SheetBook::read(SHEETS.1).expect("the file of the house holds");
        let remark = |area, figure, n| Remark { area, figure, n };
        let low = [remark("第一网格", "visits_left", 2), remark("第一网格", "overdue", 0)];
        assert_eq!(book.stands_out(&low)[0].zh, "没有需要特别关注的。");
        let high = [remark("第一网格", "visits_left", 3), remark("第二网格", "overdue", 1)];
        let said: Vec<String> =
            book.stands_out(&high).into_iter().map(|words| words.zh.into_owned()).collect();
        assert_eq!(said, ["第二网格：1 件事件已超期。", "第一网格：还有 3 户到期的走访没有走到。"]);
        let many: Vec<Remark<'_>> = (0..50).map(|_| remark("第一网格", "overdue", 9)).collect();
        assert_eq!(book.stands_out(&many).len(), 20);
    }

    #[test]
    fn what_is_wrong_in_the_file_is_named() {
        for (from, to, said) in [
            ("figure = \"absent\"", "figure = \"lazy\"", "the sentence of lazy"),
            ("least = 200", "least = 0", "the sentence of stale"),
            ("sentences_max = 20", "sentences_max = 0", "nothing at all"),
        ] {
            let fault = SheetBook::read(&SHEETS.1.replace(from, to)).expect_err(said);
            assert!(format!("{fault:?}").contains(said), "{fault:?}");
        }
    }
}
