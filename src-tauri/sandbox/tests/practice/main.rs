//! The practice Mapillary over real HTTP: what it accepts, what it refuses, how it moves and how it
//! goes wrong.

mod accounts;
mod faults;
mod finishing;
mod following;
mod hostile_bytes;
mod mp4_bytes;
mod people_pages;
mod search;
mod sending;
mod sign_in;
mod starting;
mod support;
mod tiles;
