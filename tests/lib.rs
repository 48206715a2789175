//! What the repository's own tests share.
