//! The staff faces and their places, and which permission opens each: one table for the bar, the gate and "see as".

use super::Roles;
use platform::{Grant, Scope, Words};

/// A staff face: what one kind of work is done in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Face {
    /// The first part of its address: `/desk`.
    pub key: String,
    pub words: Words,
    /// One of these permissions opens it.
    pub needs: Vec<String>,
    pub places: Vec<Place>,
}

/// A place of a face with a permission of its own.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The second part of its address: `/admin/people`.
    pub key: String,
    pub words: Words,
    /// One of these permissions opens it; none: whoever is in the face.
    pub needs: Vec<String>,
}

/// All of them, in the order of the bar.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Faces {
    pub list: Vec<Face>,
}

impl Faces {
    /// What these grants open, with the places open in each. What is only about oneself opens nothing.
    pub fn open_to(&self, grants: &[Grant]) -> Vec<Face> {
        let holds = |needs: &[String]| {
            needs.iter().any(|need| grants.iter().any(|g| g.permission == *need && g.scope != Scope::Own))
        };
        let open = self.list.iter().filter(|face| holds(&face.needs));
        open.map(|face| {
            let places = face.places.iter().filter(|place| place.needs.is_empty() || holds(&place.needs));
            Face { places: places.cloned().collect(), ..face.clone() }
        })
        .collect()
    }

    /// Everything that is wrong with the table, as sentences.
    pub fn faults(&self, roles: &Roles) -> Vec<String> {
        let mut faults = Vec::new();
        for face in &self.list {
            if face.needs.is_empty() {
                faults.push(format!("the face {} is open to everybody", face.key));
            }
            for need in face.places.iter().flat_map(|place| &place.needs).chain(&face.needs) {
                if !roles.permissions.contains_key(need) {
                    faults.push(format!("the face {} names the unknown permission {need}", face.key));
                }
            }
        }
        faults
    }
}
