//! Servers that do not let themselves be asked.
