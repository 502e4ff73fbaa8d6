//! The stories of cases, told through the front door where there is one. One binary: it links once.

mod photos;
