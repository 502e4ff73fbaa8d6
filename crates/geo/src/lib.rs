//! Places on the ground, without IO, without a store, and without a civic noun: what a boundary is, which one holds a
//! point, whether boundaries fit together, how an outline is divided, and which coordinate system a number is in.
//!
//! Inside, everything is WGS-84 longitude and latitude in degrees. Other systems exist only at an import's edge and are
//! always named (`CoordinateSystem`).

mod boundary;
mod checks;
mod coordinates;
mod cut;
mod error;
mod features;
mod fit;
mod frame;
mod index;
mod partition;
mod plane;
mod tile;
mod tile_clip;
mod tile_write;
mod wkb;

pub use boundary::{Bbox, Boundary, VERTICES_MAX};
pub use checks::{
    ERROR_M2_MIN, FINDINGS_MAX, Finding, FindingKind, NOTICED_M2_MIN, Severity, check_boundary,
    check_partition,
};
pub use coordinates::{CoordinateSystem, Point, distance_metres};
pub use error::GeoError;
pub use features::{FILE_BYTES_MAX, FeatureArea, read_features, write_features};
pub use fit::{Fit, likely_system, measure_fit};
pub use frame::{Frame, svg_path};
pub use index::{AreaIndex, BORDER_TOLERANCE_DEGREES};
pub use partition::{PARTITION_BALANCE_MAX, Part, Share, partition, partition_hierarchy};
pub use tile::{TILE_EXTENT, TILE_ZOOM_MAX, Tile, TileId, TileTag, TileValue, from_mercator, mercator};
