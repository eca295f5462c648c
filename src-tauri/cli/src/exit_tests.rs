//! Every error code of every crate has its exit code, and docs/errors.md says the same.
