//! The client of Mapillary's service: OAuth, rupload, finish, graph and feed.
