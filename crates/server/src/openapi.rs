//! The description of the API: what the capabilities say of their routes, with the house's name and its ways to sign in.

use crate::capabilities::LIST;
use edge::Edge;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{Components, InfoBuilder, LicenseBuilder, OpenApi};
use utoipa_axum::router::OpenApiRouter;

const ABOUT: &str = "Mulin 睦邻: the neighbourhoods of a district. A report of a resident becomes a case with one owner and one clock.\n\n\
    Refusals are RFC 9457 problem details in Chinese and English with a stable `code`. A write may carry `Idempotency-Key`: \
    the same write twice gives the same answer once. A caller names a district by `Mulin-District` (its division code) where the server runs several.";

/// The whole description, made from the list of capabilities without a database.
pub fn document() -> OpenApi {
    let mut api = OpenApiRouter::<Edge>::new();
    for capability in LIST {
        api = api.merge((capability.api)());
    }
    complete(api.split_for_parts().1)
}

/// As it is served at /openapi.json and committed as openapi.json.
pub fn text(document: &OpenApi) -> String {
    let mut text = document.to_pretty_json().expect("a description is plain JSON");
    text.push('\n');
    text
}

/// Adds what belongs to no single capability.
pub fn complete(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Mulin 睦邻")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(ABOUT))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
    let components = document.components.get_or_insert_with(Components::new);
    components.add_security_scheme("session", SecurityScheme::Http(bearer));
    let cookie = ApiKeyValue::new("session");
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    document
}
