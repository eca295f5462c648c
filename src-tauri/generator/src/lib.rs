//! Makes GoPro-like photos for practice and tests, independent of the readers.
