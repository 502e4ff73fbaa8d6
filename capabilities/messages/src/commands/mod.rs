//! Every write of messages: making them, letting them leave, what people want, on which devices, by which gateways; numbers in between.

pub(crate) mod choices;
pub(crate) mod devices;
pub(crate) mod gateways;
pub(crate) mod leave;
pub(crate) mod relay;
pub(crate) mod send;
