//! Areas named in an address: "铜塘湾街道映峰社区 3 栋" lies in 映峰社区.

use super::{Area, parent_path};
use platform::Scope;

/// Shorter names are part of too many other words.
const NAME_CHARS_MIN: usize = 3;

/// The path of the smallest area that an address names in full. Where it names areas apart from each other, what holds them
/// all; nothing where only the district does.
///
/// Whole names only, "映峰社区" and not "映峰": a street or a shop may be called like half of an area.
pub(super) fn named_in<'a>(areas: impl Iterator<Item = &'a Area>, address: &str) -> Option<&'a str> {
    let address: String = address.chars().filter(|c| !c.is_whitespace()).collect();
    let is_named = |area: &&Area| {
        area.parent.is_some() && area.name.chars().count() >= NAME_CHARS_MIN && address.contains(&area.name)
    };
    let named: Vec<&str> = areas.filter(is_named).map(|area| area.path.as_str()).collect();
    let smallest = named.iter().filter(|path| !named.iter().any(|other| is_above(path, other)));
    let common = smallest.copied().reduce(common_path)?;
    parent_path(common).is_some().then_some(common)
}

fn is_above(path: &str, other: &str) -> bool {
    path != other && Scope::covers_path(path, other)
}

/// The longest path that holds both.
fn common_path<'a>(one: &'a str, other: &'a str) -> &'a str {
    let mut above = std::iter::successors(Some(one), |path| parent_path(path));
    above.find(|path| Scope::covers_path(path, other)).unwrap_or(one)
}

#[cfg(test)]
mod tests {
    //! Names as people write them, one or several.
    use super::{Area, named_in};
    use crate::{AreaKind, AreaLevel};

    fn area(name: &str, path: &str, level: AreaLevel) -> Area {
        let (parent, code) = path.rsplit_once('/').map_or((None, path), |(above, code)| (Some(above), code));
        Area {
            id: crate::AreaId::new(platform::Time::from_micros(0)),
            level,
            kind: AreaKind::Basic,
            code: code.to_owned(),
            name: name.to_owned(),
            name_en: None,
            path: path.to_owned(),
            parent: parent.map(str::to_owned),
            households: None,
            boundary: None,
            valid_from: platform::Time::from_micros(0),
            valid_to: None,
            version: 1,
        }
    }

    fn found(address: &str) -> Option<String> {
        let areas = [
            area("石峰区", "1", AreaLevel::District),
            area("田心街道", "1/2", AreaLevel::Subdistrict),
            area("田心社区", "1/2/3", AreaLevel::Community),
            area("东门社区", "1/2/4", AreaLevel::Community),
            area("东门社区第1网格", "1/2/4/5", AreaLevel::Grid),
            area("清水塘街道", "1/6", AreaLevel::Subdistrict),
        ];
        named_in(areas.iter(), address).map(str::to_owned)
    }

    #[test]
    fn the_smallest_named_area_is_found() {
        assert_eq!(found("石峰区田心街道田心社区 3 栋东头").as_deref(), Some("1/2/3"));
        assert_eq!(found("东门 社区第1网格").as_deref(), Some("1/2/4/5"));
        assert_eq!(found("田心街道菜市场后面").as_deref(), Some("1/2"));
    }

    #[test]
    fn several_names_mean_what_holds_them_and_half_a_name_means_nothing() {
        assert_eq!(found("田心社区和东门社区之间的路口").as_deref(), Some("1/2"));
        assert_eq!(found("田心社区、东门社区、东门社区第1网格").as_deref(), Some("1/2"));
        assert_eq!(found("田心社区到清水塘街道的公交站"), None);
        assert_eq!(found("石峰区田心路 8 号"), None);
        assert_eq!(found(""), None);
    }
}
