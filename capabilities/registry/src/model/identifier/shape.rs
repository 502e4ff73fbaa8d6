//! Which kind of document a number looks like.

use super::written::plain;
use super::{DocumentKind, resident};

/// Digits are written 0 and letters A in a shape.
pub(super) fn guess_kind(text: &str) -> Option<DocumentKind> {
    let number = plain(text);
    let shape: String = number.chars().map(shape_of).collect();
    match shape.as_str() {
        "000000000000000000" | "00000000000000000A" => Some(resident::kind_by_beginning(&number)),
        "000000000000000" => Some(DocumentKind::OldResidentId),
        "AAA000000000000" => Some(DocumentKind::ForeignPermanentResident),
        "00000000000000000000"
        | "00000000000000000A00"
        | "00000000000000000000A0"
        | "00000000000000000A00A0" => Some(DocumentKind::DisabilityCard),
        "A00000000" | "A0000000000" if number.starts_with(['H', 'M']) => {
            Some(DocumentKind::HongKongMacaoPermit)
        }
        "00000000" | "0000000000A" => Some(DocumentKind::TaiwanPermit),
        "A0000000" | "A00000000" | "AA0000000" => Some(DocumentKind::Passport),
        _ => None,
    }
}

fn shape_of(c: char) -> char {
    match c {
        '0'..='9' => '0',
        'A'..='Z' => 'A',
        other => other,
    }
}
