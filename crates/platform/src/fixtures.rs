//! What a capability loads once and every request uses: catalogues, indexes, keys. Found by type.

use parking_lot::RwLock;
use std::any::{Any, TypeId, type_name};
use std::collections::HashMap;
use std::sync::Arc;

/// A shelf with one thing per type. Putting again replaces it for those who ask later.
#[derive(Default)]
pub struct Fixtures(RwLock<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>);

impl Fixtures {
    pub fn put<T: Send + Sync + 'static>(&self, thing: Arc<T>) {
        self.0.write().insert(TypeId::of::<T>(), thing);
    }

    pub fn find<T: Send + Sync + 'static>(&self) -> Option<Arc<T>> {
        let thing = self.0.read().get(&TypeId::of::<T>()).cloned()?;
        thing.downcast().ok()
    }

    /// The thing that must be there.
    ///
    /// # Panics
    /// Where the capability that puts it was not prepared: a defect of the list of capabilities, found at the first start.
    pub fn get<T: Send + Sync + 'static>(&self) -> Arc<T> {
        match self.find() {
            Some(thing) => thing,
            None => panic!("{} was not prepared", type_name::<T>()),
        }
    }
}

impl std::fmt::Debug for Fixtures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Fixtures({})", self.0.read().len())
    }
}
