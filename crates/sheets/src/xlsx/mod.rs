//! A workbook: its sheets, its styles, its shared strings, and the way to the rows of one sheet.

mod package;
mod rows;
mod strings;
mod styles;
mod xml;

use crate::book::Survey;
use crate::cell::Cell;
use crate::date::DateSystem;
use crate::fault::SheetFault;
use crate::limits::Limits;
use package::Package;
pub(crate) use package::Quota;
use std::collections::BTreeMap;
use std::fs::File;
use std::ops::ControlFlow;
use strings::SharedStrings;
use styles::Styles;
use xml::Element;

/// Sheets of a workbook that are read; nobody sends more.
const SHEETS_MAX: usize = 255;
/// Relations of a workbook that are read: its sheets, styles, strings, themes, links.
const RELATIONS_MAX: usize = 4_096;
/// The format's own limit is 31 characters; others write longer names. Beyond this a name is cut.
const SHEET_NAME_CHARS_MAX: usize = 100;

/// A tab of the workbook.
#[derive(Debug)]
pub(crate) struct Tab {
    pub name: String,
    pub hidden: bool,
    part: String,
}

/// An opened workbook. Reading rows opens the part anew, so several may read at once.
#[derive(Debug)]
pub(crate) struct Workbook {
    package: Package,
    tabs: Vec<Tab>,
    styles: Styles,
    strings: SharedStrings,
    limits: Limits,
    date_system: DateSystem,
}

impl Workbook {
    pub(crate) fn open(file: File, limits: &Limits, quota: &mut Quota) -> Result<Self, SheetFault> {
        let package = Package::open(file)?;
        let main = package.main_part(quota)?;
        if package.has_macros() {
            return Err(SheetFault::HasMacros);
        }
        let relations = read_relations(&package, &main, quota)?;
        let (tabs, date_system) = read_tabs(&package, &main, &relations, quota)?;
        let part_of = |kind| relations.part_of_kind(kind).filter(|part| package.has(part));
        let styles = match part_of("styles") {
            Some(part) => package.with_part(part, quota, Styles::read)?,
            None => Styles::default(),
        };
        let strings = match part_of("sharedStrings") {
            Some(part) => package.with_part(part, quota, SharedStrings::read)?,
            None => SharedStrings::default(),
        };
        Ok(Self { package, tabs, styles, strings, limits: limits.clone(), date_system })
    }

    pub(crate) fn sheets(&self) -> &[Tab] {
        &self.tabs
    }

    pub(crate) fn date_system(&self) -> DateSystem {
        self.date_system
    }

    pub(crate) fn has_external_links(&self) -> bool {
        self.package.has_folder("xl/externalLinks/")
    }

    /// [`Workbook::read`] after the opening: the sheet alone may take what the limits allow.
    pub(crate) fn read_again(
        &self,
        sheet: usize,
        take: impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<Survey, SheetFault> {
        self.read(sheet, &mut Quota::of(self.limits.unpacked_bytes_max), take)
    }

    /// Hands over the rows of a sheet and says what was seen on the way, as far as `take` went along.
    pub(crate) fn read(
        &self,
        sheet: usize,
        quota: &mut Quota,
        take: impl FnMut(u32, &[Cell]) -> ControlFlow<()>,
    ) -> Result<Survey, SheetFault> {
        let tab = self.tabs.get(sheet).ok_or(SheetFault::NoSuchSheet { index: sheet })?;
        let ground = rows::Ground {
            sheet: &tab.name,
            limits: &self.limits,
            styles: &self.styles,
            strings: &self.strings,
            date_system: self.date_system,
        };
        self.package.with_part(&tab.part, quota, |xml| rows::read(xml, &ground, take))
    }
}

/// Which part belongs to which relation id, and what kind of part it is.
#[derive(Debug, Default)]
struct Relations {
    by_id: BTreeMap<String, (String, String)>,
}

impl Relations {
    fn part_of_kind(&self, kind: &str) -> Option<&str> {
        self.by_id.values().find(|(of_kind, _)| of_kind == kind).map(|(_, part)| part.as_str())
    }

    fn sheet(&self, id: &str) -> Option<&str> {
        self.by_id.get(id).filter(|(kind, _)| kind == "worksheet").map(|(_, part)| part.as_str())
    }
}

fn read_relations(package: &Package, main: &str, quota: &mut Quota) -> Result<Relations, SheetFault> {
    let (folder, name) = main.rsplit_once('/').unwrap_or(("", main));
    let mut relations = Relations::default();
    package.with_part(&format!("{folder}/_rels/{name}.rels"), quota, |xml| {
        xml.each_start(|element| {
            let (id, target) = (element.attribute("Id"), element.attribute("Target"));
            let kind = element.attribute("Type").unwrap_or_default();
            let kind = kind.rsplit('/').next().unwrap_or_default().to_owned();
            if let (Some(id), Some(target)) = (id, target)
                && relations.by_id.len() < RELATIONS_MAX
            {
                relations.by_id.insert(id, (kind, package::resolve(folder, &target)));
            }
        })
    })?;
    Ok(relations)
}

fn read_tabs(
    package: &Package,
    main: &str,
    relations: &Relations,
    quota: &mut Quota,
) -> Result<(Vec<Tab>, DateSystem), SheetFault> {
    let (mut tabs, mut date_system) = (Vec::new(), DateSystem::Since1900);
    package.with_part(main, quota, |xml| {
        xml.each_start(|element| match element.name() {
            "workbookPr" if is_true(element.attribute("date1904").as_deref()) => {
                date_system = DateSystem::Since1904;
            }
            "sheet" if tabs.len() < SHEETS_MAX => tabs.extend(tab_of(element, relations)),
            _ => {}
        })
    })?;
    if tabs.is_empty() { Err(SheetFault::NoSuchSheet { index: 0 }) } else { Ok((tabs, date_system)) }
}

/// `None` for a chart or a dialog: its relation is of another kind, and it has no rows.
fn tab_of(element: &Element<'_>, relations: &Relations) -> Option<Tab> {
    let part = relations.sheet(&element.attribute("id")?)?.to_owned();
    let name = element.attribute("name").unwrap_or_default().chars().take(SHEET_NAME_CHARS_MAX).collect();
    let hidden = matches!(element.attribute("state").as_deref(), Some("hidden" | "veryHidden"));
    Some(Tab { name, hidden, part })
}

/// Truth as XML Schema writes it.
fn is_true(value: Option<&str>) -> bool {
    matches!(value, Some("1" | "true" | "on"))
}
