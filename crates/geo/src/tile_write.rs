//! The bytes of a vector tile: the few parts of protocol buffers that the format (MVT 2.1) uses.

use crate::tile::{TILE_EXTENT, TileTag, TileValue};
use crate::tile_clip::Corner;
use std::collections::HashMap;

const POINT: u64 = 1;
const POLYGON: u64 = 3;
const MOVE_TO: u64 = 1;
const LINE_TO: u64 = 2;
const CLOSE_PATH: u64 = 7;

/// A message being written.
#[derive(Clone, Debug, Default)]
struct Message(Vec<u8>);

#[derive(Debug, Default)]
pub(crate) struct TileWriter {
    layers: Vec<Layer>,
}

/// A layer with each key and value once.
#[derive(Debug, Default)]
struct Layer {
    name: String,
    features: Message,
    keys: Vec<String>,
    key_numbers: HashMap<String, u64>,
    values: Vec<Vec<u8>>,
    value_numbers: HashMap<Vec<u8>, u64>,
    is_empty: bool,
}

impl TileWriter {
    pub fn layer(&mut self, name: &str) {
        self.layers.push(Layer { name: name.to_owned(), is_empty: true, ..Layer::default() });
    }

    pub fn area(&mut self, rings: &[Vec<Corner>], tags: &[TileTag<'_>]) {
        let mut commands = Message::default();
        let mut at = Corner { x: 0, y: 0 };
        for ring in rings {
            let Some((first, rest)) = ring.split_first() else { continue };
            commands.varint(MOVE_TO | 1 << 3);
            commands.step(&mut at, *first);
            commands.varint(LINE_TO | (rest.len() as u64) << 3);
            for corner in rest {
                commands.step(&mut at, *corner);
            }
            commands.varint(CLOSE_PATH | 1 << 3);
        }
        self.feature(POLYGON, commands, tags);
    }

    pub fn point(&mut self, at: Corner, tags: &[TileTag<'_>]) {
        let mut commands = Message::default();
        commands.varint(MOVE_TO | 1 << 3);
        commands.step(&mut Corner { x: 0, y: 0 }, at);
        self.feature(POINT, commands, tags);
    }

    fn feature(&mut self, kind: u64, commands: Message, tags: &[TileTag<'_>]) {
        let Some(layer) = self.layers.last_mut() else { return };
        layer.feature(kind, &commands, tags);
    }

    pub fn into_bytes(self) -> Vec<u8> {
        let mut tile = Message::default();
        for layer in self.layers.into_iter().filter(|layer| !layer.is_empty) {
            tile.bytes(3, &layer.into_message().0);
        }
        tile.0
    }
}

impl Layer {
    fn feature(&mut self, kind: u64, commands: &Message, tags: &[TileTag<'_>]) {
        let mut numbers = Message::default();
        for (key, value) in tags {
            numbers.varint(self.key(key));
            numbers.varint(self.value(*value));
        }
        let mut feature = Message::default();
        feature.bytes(2, &numbers.0);
        feature.number(3, kind);
        feature.bytes(4, &commands.0);
        self.features.bytes(2, &feature.0);
        self.is_empty = false;
    }

    fn key(&mut self, key: &str) -> u64 {
        if let Some(known) = self.key_numbers.get(key) {
            return *known;
        }
        let number = self.keys.len() as u64;
        self.keys.push(key.to_owned());
        self.key_numbers.insert(key.to_owned(), number);
        number
    }

    fn value(&mut self, value: TileValue<'_>) -> u64 {
        let mut message = Message::default();
        match value {
            TileValue::Text(text) => message.bytes(1, text.as_bytes()),
            TileValue::Number(number) => message.number(6, zigzag(number)),
            TileValue::Flag(flag) => message.number(7, u64::from(flag)),
        }
        let next = self.values.len() as u64;
        let number = *self.value_numbers.entry(message.0.clone()).or_insert(next);
        if number == next {
            self.values.push(message.0);
        }
        number
    }

    fn into_message(self) -> Message {
        let mut layer = Message::default();
        layer.bytes(1, self.name.as_bytes());
        layer.0.extend(self.features.0);
        for key in &self.keys {
            layer.bytes(3, key.as_bytes());
        }
        for value in &self.values {
            layer.bytes(4, value);
        }
        layer.number(5, TILE_EXTENT as u64);
        layer.number(15, 2);
        layer
    }
}

impl Message {
    fn varint(&mut self, mut value: u64) {
        while value >= 0x80 {
            self.0.push(value as u8 | 0x80);
            value >>= 7;
        }
        self.0.push(value as u8);
    }

    fn number(&mut self, field: u64, value: u64) {
        self.varint(field << 3);
        self.varint(value);
    }

    fn bytes(&mut self, field: u64, bytes: &[u8]) {
        const LENGTH_DELIMITED: u64 = 2;
        self.varint(field << 3 | LENGTH_DELIMITED);
        self.varint(bytes.len() as u64);
        self.0.extend_from_slice(bytes);
    }

    /// From where the pen stands to a corner.
    fn step(&mut self, from: &mut Corner, to: Corner) {
        self.varint(zigzag(to.x - from.x));
        self.varint(zigzag(to.y - from.y));
        *from = to;
    }
}

/// Small numbers of both signs become small ones without.
fn zigzag(value: i64) -> u64 {
    (value << 1 ^ value >> 63) as u64
}
