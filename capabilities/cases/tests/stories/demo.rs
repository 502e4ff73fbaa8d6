//! The demo's year of cases: played by the real commands, and with the figure the district describes.

use crate::town::{CaseTown, each_case_town};
use cases::promises::{Parts, parts_of};
use cases::{Rules, demo};
use platform::{DAY, PostId};
use store::Conn;
use testkit::DISTRICT;

const CASES: usize = 300;

#[tokio::test(flavor = "multi_thread")]
async fn a_tenth_of_a_small_year_are_utility_cases_of_two_months_and_solved() {
    each_case_town(async |town: CaseTown| {
        let edge = &town.town.edge;
        let made = demo::fill(&edge.db, DISTRICT, CASES, &mut |_| ()).await.expect("a year");
        assert_eq!(made.cases, CASES);
        let rules = edge.fixture::<Rules>();
        let places = edge.fixture::<territory::Map>().of(DISTRICT);
        let posts: Vec<PostId> = places.posts().iter().map(|post| post.id).collect();
        let now = edge.now();
        let read = async move |conn: &mut Conn| {
            parts_of(conn, &rules, DISTRICT, &posts, (now.before(DAY * 62), now)).await
        };
        let Ok::<_, platform::Fault>(Parts::All(parts)) = edge.db.read(read).await else { panic!("parts") };
        let utilities: Vec<_> = parts.iter().filter(|one| one.type_code.starts_with("P01")).collect();
        let solved = utilities.iter().filter(|one| one.part.is_done).count();
        assert_eq!(solved, CASES / 10, "of {}", utilities.len());
    })
    .await;
}
