//! The default files, built into the program so that it runs without its folder.

macro_rules! catalogue_files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../../catalog/", $name)))),*]
    };
}

/// `(name, text)` of every default file that [`super::Catalogue::load`] reads. A test compares it with the folder.
pub const EMBEDDED_FILES: &[(&str, &str)] = catalogue_files![
    "case_types/city.toml",
    "case_types/city_components.toml",
    "case_types/city_streets.toml",
    "case_types/elsewhere.toml",
    "case_types/numbers.toml",
    "case_types/people.toml",
    "case_types/people_01_utilities.toml",
    "case_types/people_02_disputes.toml",
    "case_types/people_03_hazards.toml",
    "case_types/people_04_services.toml",
    "case_types/people_05_property.toml",
    "case_types/people_06_living.toml",
    "case_types/people_07_consultation.toml",
    "case_types/people_08_travel.toml",
    "case_types/urgency.toml",
    "duty_lists/grid_matters.toml",
    "duty_lists/needs.toml",
    "duty_lists/responsibilities.toml",
    "duty_lists/units.toml",
    "taxonomy/components.csv",
    "taxonomy/matters.csv",
];

/// The default routing rules, read by [`crate::routing::Router::load`].
pub const EMBEDDED_ROUTING: (&str, &str) =
    ("duty_lists/routing.toml", include_str!("../../../../catalog/duty_lists/routing.toml"));
