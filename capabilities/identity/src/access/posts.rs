//! The posts an account serves now, as the territory knows them.

use crate::model::HeldPost;
use platform::{AccountId, DistrictId, Time};
use territory::Map;

/// The posts whose holder the account is and whom nobody stands in for: a stand-in holds one while the other is away.
pub(crate) fn posts_served(map: &Map, district: DistrictId, account: AccountId, now: Time) -> Vec<HeldPost> {
    let snapshot = map.of(district);
    let held = snapshot.posts_held(account, now).into_iter().filter(|held| held.serves);
    held.map(|held| HeldPost {
        post: held.post.id,
        kind: held.post.kind.as_str().to_owned(),
        name: held.post.name.clone(),
        scope: held.post.scope(),
    })
    .collect()
}
