//! A practice Mapillary on the loopback address.
