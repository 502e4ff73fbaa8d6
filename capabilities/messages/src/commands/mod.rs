//! Every write of messages: making them, letting them leave, what people want, on which devices, by which gateways.

pub(crate) mod choices;
pub(crate) mod devices;
pub(crate) mod gateways;
pub(crate) mod leave;
pub(crate) mod send;
