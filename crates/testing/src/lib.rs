//! Real servers and builders for tests. Never part of a release.
