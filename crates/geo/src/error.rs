//! Everything `geo` can refuse, each with a stable code and a sentence a clerk understands, in Chinese and in English.

/// A refusal. `Display` is the English sentence, `zh` the Chinese one, `code` is stable for programs.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum GeoError {
    #[error("A coordinate is not a number.")]
    NotFinite,
    #[error("Longitude {lon}, latitude {lat} is not a place on Earth.")]
    OutOfRange { lon: f64, lat: f64 },
    #[error("Longitude {lon}, latitude {lat} looks swapped: longitude comes first, then latitude.")]
    LooksSwapped { lon: f64, lat: f64 },
    #[error("The coordinate system \"{name}\" is not known. Use WGS-84, CGCS2000, GCJ-02 or BD-09.")]
    UnknownSystem { name: String },
    #[error("The file says its coordinates are {found}, but {declared} was declared.")]
    SystemConflict { declared: &'static str, found: String },
    #[error("The file has {megabytes} MB; at most {megabytes_max} MB are read.")]
    FileTooLarge { megabytes: usize, megabytes_max: usize },
    #[error("The file has {found} points; at most {max} are read. Simplify the boundaries first.")]
    TooManyVertices { found: usize, max: usize },
    #[error("This is not valid GeoJSON: {detail}.")]
    NotGeoJson { detail: String },
    #[error("Area {at}: {cause}")]
    InFeature { at: String, cause: Box<GeoError> },
    #[error("A boundary is a Polygon or a MultiPolygon; this is {found}.")]
    NotAnArea { found: String },
    #[error("The file holds no area.")]
    NoAreas,
    #[error("A ring needs at least three different points.")]
    RingTooShort,
    #[error("The stored boundary cannot be read: {detail}.")]
    BadWkb { detail: &'static str },
    #[error("Position {x}, {y} is not on this map.")]
    NotOnMap { x: f64, y: f64 },
    #[error("The outline cannot be divided: {detail}.")]
    CannotDivide { detail: &'static str },
}

impl GeoError {
    /// The stable code, e.g. `geo.looks_swapped`. Of a feature in a file it is the code of what is wrong with it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotFinite => "geo.not_finite",
            Self::OutOfRange { .. } => "geo.out_of_range",
            Self::LooksSwapped { .. } => "geo.looks_swapped",
            Self::UnknownSystem { .. } => "geo.unknown_system",
            Self::SystemConflict { .. } => "geo.system_conflict",
            Self::FileTooLarge { .. } => "geo.file_too_large",
            Self::TooManyVertices { .. } => "geo.too_many_vertices",
            Self::NotGeoJson { .. } => "geo.not_geojson",
            Self::InFeature { cause, .. } => cause.code(),
            Self::NotAnArea { .. } => "geo.not_an_area",
            Self::NoAreas => "geo.no_areas",
            Self::RingTooShort => "geo.ring_too_short",
            Self::BadWkb { .. } => "geo.bad_wkb",
            Self::NotOnMap { .. } => "geo.not_on_map",
            Self::CannotDivide { .. } => "geo.cannot_divide",
        }
    }

    /// The Chinese sentence.
    pub fn zh(&self) -> String {
        match self {
            Self::NotFinite => "坐标不是数字。".into(),
            Self::OutOfRange { lon, lat } => format!("经度 {lon}、纬度 {lat} 不是地球上的位置。"),
            Self::LooksSwapped { lon, lat } => {
                format!("经度 {lon}、纬度 {lat} 像是写反了：请先写经度，再写纬度。")
            }
            Self::UnknownSystem { name } => {
                format!("不认识坐标系“{name}”。请用 WGS-84、CGCS2000、GCJ-02 或 BD-09。")
            }
            Self::SystemConflict { declared, found } => {
                format!("文件里写的坐标系是 {found}，申报的却是 {declared}。")
            }
            Self::FileTooLarge { megabytes, megabytes_max } => {
                format!("文件有 {megabytes} MB，最多读取 {megabytes_max} MB。")
            }
            Self::TooManyVertices { found, max } => {
                format!("文件有 {found} 个点，最多读取 {max} 个。请先简化边界。")
            }
            Self::NotGeoJson { detail } => format!("这不是有效的 GeoJSON：{detail}。"),
            Self::InFeature { at, cause } => format!("区域 {at}：{}", cause.zh()),
            Self::NotAnArea { found } => format!("边界必须是 Polygon 或 MultiPolygon，这里是 {found}。"),
            Self::NoAreas => "文件里没有区域。".into(),
            Self::RingTooShort => "一个环至少要有三个不同的点。".into(),
            Self::BadWkb { detail } => format!("存储的边界无法读取：{detail}。"),
            Self::NotOnMap { x, y } => format!("位置 {x}, {y} 不在这张图上。"),
            Self::CannotDivide { detail } => format!("轮廓无法划分：{detail}。"),
        }
    }
}
