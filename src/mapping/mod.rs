//! Columns to user fields: rules, typed values, suggestions. Pure.
