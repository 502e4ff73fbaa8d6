//! What a map reads out of a tile: places where they belong, cuts at the edge, borders that meet.

use super::*;
use std::collections::HashSet;

fn point(lon: f64, lat: f64) -> Point {
    Point::new(lon, lat).expect("a place")
}

fn square(west: f64, south: f64, east: f64, north: f64) -> Boundary {
    let corners = [(west, south), (east, south), (east, north), (west, north)];
    Boundary::from_ring(&corners.map(|(lon, lat)| point(lon, lat))).expect("a square")
}

/// A reader of the format, as small as the test needs: rings or points of the first layer's features, and the layer's texts.
#[derive(Default, Debug)]
struct Read {
    kinds: Vec<u64>,
    paths: Vec<Vec<Vec<(i64, i64)>>>,
    texts: Vec<String>,
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let (mut value, mut shift) = (0, 0);
    loop {
        let byte = bytes[0];
        *bytes = &bytes[1..];
        value |= u64::from(byte & 0x7f) << shift;
        if byte < 0x80 {
            return value;
        }
        shift += 7;
    }
}

/// Fields of a message: number and either the value or the bytes.
fn fields(mut bytes: &[u8]) -> Vec<(u64, u64, &[u8])> {
    let mut found = Vec::new();
    while !bytes.is_empty() {
        let key = varint(&mut bytes);
        let value = varint(&mut bytes);
        if key & 7 == 2 {
            let (inside, rest) = bytes.split_at(value as usize);
            bytes = rest;
            found.push((key >> 3, 0, inside));
        } else {
            found.push((key >> 3, value, &[][..]));
        }
    }
    found
}

fn path(mut bytes: &[u8]) -> Vec<Vec<(i64, i64)>> {
    let (mut rings, mut at) = (Vec::new(), (0i64, 0i64));
    while !bytes.is_empty() {
        let command = varint(&mut bytes);
        if command & 7 == 7 {
            continue;
        }
        if command & 7 == 1 {
            rings.push(Vec::new());
        }
        for _ in 0..command >> 3 {
            let mut step = || {
                let v = varint(&mut bytes);
                (v >> 1) as i64 ^ -((v & 1) as i64)
            };
            at = (at.0 + step(), at.1 + step());
            rings.last_mut().expect("a path begins with a move").push(at);
        }
    }
    rings
}

fn read(bytes: &[u8]) -> Read {
    let mut read = Read::default();
    for (_, _, layer) in fields(bytes) {
        for (number, _, inside) in fields(layer) {
            match number {
                2 => {
                    for (number, value, inside) in fields(inside) {
                        match number {
                            3 => read.kinds.push(value),
                            4 => read.paths.push(path(inside)),
                            _ => {}
                        }
                    }
                }
                4 => {
                    for (_, _, text) in fields(inside).into_iter().filter(|(n, ..)| *n == 1) {
                        read.texts.push(String::from_utf8(text.to_vec()).expect("text"));
                    }
                }
                _ => {}
            }
        }
    }
    read
}

fn tile_with(id: TileId, boundary: &Boundary) -> Read {
    let mut tile = Tile::new(id);
    tile.layer("areas");
    tile.add_area(boundary, &[("name", TileValue::Text("田心街道"))]);
    read(&tile.into_bytes())
}

#[test]
fn places_are_found_in_the_tiles_of_every_map() {
    // As published for "slippy maps": tile of 113.13 E, 27.87 N at zoom 12.
    let id = TileId::of(point(113.13, 27.87), 12).expect("on the map");
    assert_eq!((id.z, id.x, id.y), (12, 3335, 1717));
    assert!(id.bbox().contains(point(113.13, 27.87)));
    let (x, y) = mercator(point(113.13, 27.87)).expect("on the map");
    let back = from_mercator(x, y);
    assert!((back.lon() - 113.13).abs() < 1e-9 && (back.lat() - 27.87).abs() < 1e-9);
}

#[test]
fn what_no_map_has_is_refused() {
    for (z, x, y) in [(1, 2, 0), (1, 0, 2), (0, 1, 1), (23, 0, 0), (u32::MAX, 0, 0)] {
        assert!(TileId::new(z, x, y).is_none(), "{z}/{x}/{y}");
    }
    assert!(TileId::new(22, (1 << 22) - 1, 0).is_some());
    assert!(mercator(point(113.0, 89.0)).is_none(), "the map ends before the poles");
    assert!(Point::new(f64::NAN, 27.0).is_err() && Point::new(500.0, 27.0).is_err());
}

#[test]
fn an_area_is_cut_at_the_edge_and_keeps_its_name() {
    let around = square(112.0, 27.0, 114.0, 29.0);
    let id = TileId::of(point(113.13, 27.87), 12).expect("on the map");
    let read = tile_with(id, &around);
    assert_eq!((read.kinds.as_slice(), read.texts.as_slice()), (&[3][..], &["田心街道".to_owned()][..]));
    let ring = &read.paths[0][0];
    let corners: HashSet<(i64, i64)> = ring.iter().copied().collect();
    let (min, max) = (-BUFFER, TILE_EXTENT + BUFFER);
    assert_eq!(corners, HashSet::from([(min, min), (max, min), (max, max), (min, max)]), "the whole tile");
    let far = TileId::of(point(120.0, 30.0), 12).expect("on the map");
    assert!(tile_with(far, &around).paths.is_empty());
}

#[test]
fn outer_rings_run_clockwise_on_the_screen_and_holes_against() {
    let outer = square(113.0, 27.8, 113.2, 28.0);
    let ring = |boundary: &Boundary| boundary.shape().0[0].exterior().clone();
    let hole = ring(&square(113.05, 27.85, 113.1, 27.9));
    let shape = geo_types::Polygon::new(ring(&outer), vec![hole]);
    let boundary = Boundary::new(geo_types::MultiPolygon(vec![shape])).expect("a ring around a pond");
    let id = TileId::of(point(113.1, 27.9), 9).expect("on the map");
    let rings = &tile_with(id, &boundary).paths[0];
    let area = |ring: &[(i64, i64)]| {
        ring_area2(&ring.iter().map(|(x, y)| Corner { x: *x, y: *y }).collect::<Vec<_>>())
    };
    assert_eq!(rings.len(), 2);
    assert!(area(&rings[0]) > 0 && area(&rings[1]) < 0);
}

#[test]
fn neighbours_meet_on_the_same_corners_at_every_zoom() {
    // A crooked border, walked up by one area and down by the other.
    let border: Vec<Point> = (0..200)
        .map(|n| {
            let t = f64::from(n);
            point(113.13 + (t * 0.7).sin() * 0.002 + (t * 3.1).cos() * 0.0004, 27.80 + t * 0.001)
        })
        .collect();
    let mut west = vec![point(113.0, 28.0), point(113.0, 27.8)];
    west.extend(border.iter().copied());
    let mut east = vec![point(113.3, 27.8), point(113.3, 28.0)];
    east.extend(border.iter().rev().copied());
    let (west, east) = (Boundary::from_ring(&west).expect("west"), Boundary::from_ring(&east).expect("east"));
    for zoom in 8..=16 {
        let id = TileId::of(point(113.13, 27.87), zoom).expect("on the map");
        let corners = |boundary: &Boundary| -> HashSet<(i64, i64)> {
            tile_with(id, boundary).paths.concat().concat().into_iter().collect()
        };
        let (one, other) = (corners(&west), corners(&east));
        // Corners of the border proper: neither on the edge of the cut nor at the far ends.
        let is_inner = |c: &&(i64, i64)| {
            let inner = 1 - BUFFER..TILE_EXTENT + BUFFER;
            inner.contains(&c.0) && inner.contains(&c.1)
        };
        let far = |c: &&(i64, i64)| one.contains(*c) != other.contains(*c);
        let apart = one.union(&other).filter(is_inner).filter(far).count();
        // At small zooms the far corners of the two squares lie in the tile too.
        assert!(apart <= if zoom < 12 { 4 } else { 0 }, "zoom {zoom}: {apart} corners of one side only");
    }
}

#[test]
fn what_a_pixel_cannot_show_is_left_out_and_bytes_are_the_same_each_time() {
    let fine: Vec<Point> = (0..5000)
        .map(|n| {
            let turn = f64::from(n) / 5000.0 * 2.0 * PI;
            point(113.13 + turn.cos() * 0.05, 27.87 + turn.sin() * 0.05)
        })
        .collect();
    let circle = Boundary::from_ring(&fine).expect("a circle");
    let id = TileId::of(point(113.13, 27.87), 8).expect("on the map");
    let read = tile_with(id, &circle);
    assert!(read.paths[0][0].len() < 500, "{} corners", read.paths[0][0].len());
    let bytes = || {
        let mut tile = Tile::new(id);
        tile.layer("areas");
        tile.add_area(&circle, &[("n", TileValue::Number(-3)), ("open", TileValue::Flag(true))]);
        tile.layer("empty");
        tile.into_bytes()
    };
    assert_eq!(bytes(), bytes());
    assert!(Tile::new(id).into_bytes().is_empty());
}

#[test]
fn a_place_is_where_it_belongs_or_nowhere() {
    let id = TileId::of(point(113.13, 27.87), 14).expect("on the map");
    let mut tile = Tile::new(id);
    tile.layer("places");
    tile.add_point(point(113.13, 27.87), &[("count", TileValue::Number(7))]);
    tile.add_point(point(114.5, 27.87), &[]);
    tile.add_point(point(113.13, 89.0), &[]);
    let read = read(&tile.into_bytes());
    assert_eq!(read.kinds, [1]);
    let (x, y) = read.paths[0][0][0];
    assert!((0..TILE_EXTENT).contains(&x) && (0..TILE_EXTENT).contains(&y));
}
