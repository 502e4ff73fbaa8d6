//! Who lives together: invented families whose ages add up to those of the country.

use super::sources::{HouseholdShape, Sources, pick};
use jiff::ToSpan;
use jiff::civil::Date;
use rand::RngExt;
use rand::rngs::StdRng;

/// Oldest age the demo gives anybody.
const AGE_MAX: i32 = 97;

/// Somebody invented.
#[derive(Clone, Debug)]
pub(super) struct Member {
    /// To the head, as the register calls it.
    pub relation: String,
    /// `female` or `male`.
    pub sex: &'static str,
    pub age: i32,
    pub born: Date,
    pub name: String,
}

/// One household, the head first.
pub(super) fn family(sources: &Sources, today: Date, random: &mut StdRng) -> Vec<Member> {
    let shape = pick(&sources.population.households, |shape| shape.weight, random);
    let surname = sources.surname(random).to_owned();
    let mut people: Vec<Person> = people(shape, random);
    people.drain(..).map(|person| person.named(sources, &surname, today, random)).collect()
}

struct Person {
    relation: String,
    sex: &'static str,
    age: i32,
    /// Bears the family's name.
    is_kin: bool,
}

fn people(shape: &HouseholdShape, random: &mut StdRng) -> Vec<Person> {
    let head_sex = if random.random_bool(0.68) { "male" } else { "female" };
    let head = random.random_range(shape.head.0..=shape.head.1);
    let mut people = vec![Person { relation: "head".to_owned(), sex: head_sex, age: head, is_kin: true }];
    let (mut child, mut parent) = (None, None);
    for relation in &shape.members {
        let (sex, age, is_kin) = match relation.as_str() {
            "spouse" => (other(head_sex), (head + random.random_range(-4..=3)).max(20), false),
            "child" => {
                let age = match child {
                    None => head - random.random_range(23..=34),
                    Some(first) => first - random.random_range(2..=6),
                };
                child = Some(age.max(0));
                (any_sex(random), age.max(0), true)
            }
            "parent" => {
                let (sex, age) = match parent {
                    None => (any_sex(random), head + random.random_range(22..=31)),
                    Some((first_sex, first)) => (other(first_sex), first + random.random_range(-4..=4)),
                };
                parent = Some((sex, age));
                (sex, age.min(AGE_MAX), sex == "male")
            }
            // A grandchild, of the child named before.
            _ => (any_sex(random), (child.unwrap_or(0) - random.random_range(23..=32)).max(0), true),
        };
        people.push(Person { relation: relation.clone(), sex, age, is_kin });
    }
    people
}

impl Person {
    fn named(self, sources: &Sources, surname: &str, today: Date, random: &mut StdRng) -> Member {
        let Self { relation, sex, age, is_kin } = self;
        let birthday = today.saturating_sub(age.years());
        let born = birthday.saturating_sub(random.random_range(0..365).days());
        let surname = if is_kin { surname } else { sources.surname(random) };
        let name = format!("{surname}{}", sources.given_name(sex, born.year(), random));
        Member { relation, sex, age, born, name }
    }
}

fn other(sex: &str) -> &'static str {
    if sex == "male" { "female" } else { "male" }
}

/// 105 boys are born to 100 girls [general knowledge].
fn any_sex(random: &mut StdRng) -> &'static str {
    if random.random_bool(105.0 / 205.0) { "male" } else { "female" }
}

#[cfg(test)]
mod tests {
    //! The whole resembles the country.
    use super::{Sources, family};
    use jiff::civil::date;
    use rand::SeedableRng;
    use rand::rngs::StdRng;

    #[test]
    fn ages_and_households_resemble_the_census() {
        let sources = Sources::read().expect("the files are there");
        let mut random = StdRng::seed_from_u64(1);
        let families: Vec<_> = (0..20_000).map(|_| family(&sources, date(2026, 3, 2), &mut random)).collect();
        let people: Vec<_> = families.iter().flatten().collect();
        let size = people.len() as f64 / families.len() as f64;
        assert!((2.95..3.05).contains(&size), "{size} to a household");
        let share = |from: i32, to: i32| {
            people.iter().filter(|p| (from..=to).contains(&p.age)).count() as f64 / people.len() as f64
        };
        for (from, to, census) in [(0, 14, 0.1795), (15, 59, 0.6335), (60, 120, 0.187), (80, 120, 0.0254)] {
            let here = share(from, to);
            assert!((here - census).abs() < 0.03, "{from} to {to}: {here}, census {census}");
        }
        for member in &people {
            let age = crate::model::rules::age_on(member.born, date(2026, 3, 2));
            assert_eq!(age, member.age, "{member:?}");
        }
        assert!(families.iter().all(|family| family[0].relation == "head" && family[0].age >= 22));
    }
}
